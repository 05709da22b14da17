"""Everything the books promise, recomputed from the rows, and the trail from its start.

Law: reads only, from one unmoving view; trusts no total and no trigger, only rows and bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.storage import default_storage

from projects import audit
from projects.models import Project
from reconciliation.models import SourceFile
from reconciliation.reporting.snapshot import fetch, snapshot
from reconciliation.vocabulary import FileStatus

#: So many faults of one kind are named; the rest are many of the same.
NAMED_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise over ``count`` things: kept where ``faults`` is empty, else each fault named."""

    promise: str
    count: int
    faults: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Say whether nothing contradicts the promise."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Check:
    """A promise, a query that counts what it is about, and one that returns a text per fault.

    Both queries take the project's id as often as they name it.
    """

    promise: str
    counted: str
    faults: str


_GROUP_CHECKS = (
    _Check(
        "every match group nets to zero, adjustments included",
        "SELECT count(*) FROM reconciliation_matchgroup WHERE project_id = %s",
        """SELECT 'group ' || group_id || ' is out by '
                  || sum(CASE side WHEN 'bank' THEN amount_minor ELSE -amount_minor END)
           FROM reconciliation_matchmember WHERE project_id = %s GROUP BY group_id
           HAVING sum(CASE side WHEN 'bank' THEN amount_minor ELSE -amount_minor END) <> 0""",
    ),
    _Check(
        "every match group has all its members, released exactly where it was reversed",
        "SELECT count(*) FROM reconciliation_matchgroup WHERE project_id = %s",
        """SELECT 'group ' || g.id || ' announces ' || g.member_count || ' members, has '
                  || count(m.position) || ', ' || count(m.released_at) || ' of them released'
           FROM reconciliation_matchgroup g
           LEFT JOIN reconciliation_matchmember m
                  ON m.project_id = g.project_id AND m.group_id = g.id
           WHERE g.project_id = %s
           GROUP BY g.id, g.member_count, g.reversed_at
           HAVING count(m.position) <> g.member_count
               OR count(m.released_at) <> CASE WHEN g.reversed_at IS NULL THEN 0
                                               ELSE g.member_count END""",
    ),
    _Check(
        "every member is a true copy of a line or adjustment of this project",
        "SELECT count(*) FROM reconciliation_matchmember WHERE project_id = %s",
        """SELECT 'member ' || m.position || ' of group ' || m.group_id || ' is no true copy'
           FROM reconciliation_matchmember m
           LEFT JOIN reconciliation_line l ON l.project_id = m.project_id AND l.id = m.line_id
           LEFT JOIN reconciliation_adjustment a
                  ON a.project_id = m.project_id AND a.id = m.adjustment_id
           WHERE m.project_id = %s
             AND (coalesce(l.side, a.side), coalesce(l.amount_minor, a.amount_minor))
                 IS DISTINCT FROM (m.side, m.amount_minor)""",
    ),
    _Check(
        "every recording holds exactly what it announced",
        "SELECT count(*) FROM reconciliation_recording WHERE project_id = %s",
        """SELECT 'recording ' || r.id || ' announces ' || r.group_count || ' groups and '
                  || r.member_count || ' members'
           FROM reconciliation_recording r
           LEFT JOIN reconciliation_matchgroup g
                  ON g.project_id = r.project_id AND g.recording_id = r.id
           WHERE r.project_id = %s
           GROUP BY r.id, r.group_count, r.member_count
           HAVING (count(g.id), coalesce(sum(g.member_count), 0))
                  IS DISTINCT FROM (r.group_count::bigint, r.member_count::bigint)""",
    ),
)
_LINE_CHECKS = (
    _Check(
        "no line is in two live match groups, nor matched while its file is out of the books",
        """SELECT count(*) FROM reconciliation_matchmember
           WHERE project_id = %s AND released_at IS NULL AND line_id IS NOT NULL""",
        """SELECT 'line ' || m.line_id || ' is in ' || count(*) || ' live groups'
                  || CASE WHEN bool_and(f.status = 'imported') THEN ''
                          ELSE ' though its file is not in the books' END
           FROM reconciliation_matchmember m
           JOIN reconciliation_line l ON l.project_id = m.project_id AND l.id = m.line_id
           JOIN reconciliation_sourcefile f ON f.id = l.source_file_id
           WHERE m.project_id = %s AND m.released_at IS NULL
           GROUP BY m.line_id HAVING count(*) > 1 OR NOT bool_and(f.status = 'imported')""",
    ),
    _Check(
        "the open items are exactly the lines in the books without a live match",
        "SELECT count(*) FROM reconciliation_openitem WHERE project_id = %s",
        """SELECT 'line ' || coalesce(l.id, o.line_id)
                  || CASE WHEN o.line_id IS NULL THEN ' is open, but no open item'
                          WHEN l.id IS NULL THEN ' is an open item, but not open'
                          ELSE ' differs from its open item' END
           FROM (SELECT l.* FROM reconciliation_line l
                 JOIN reconciliation_sourcefile f
                   ON f.id = l.source_file_id AND f.status = 'imported'
                 LEFT JOIN reconciliation_matchmember m
                   ON m.project_id = l.project_id AND m.line_id = l.id AND m.released_at IS NULL
                 WHERE l.project_id = %s AND m.line_id IS NULL) AS l
           FULL JOIN (SELECT * FROM reconciliation_openitem WHERE project_id = %s) AS o
                  ON o.line_id = l.id
           WHERE (l.id, l.side, l.booked_on, l.amount_minor)
                 IS DISTINCT FROM (o.line_id, o.side, o.booked_on, o.amount_minor)""",
    ),
    _Check(
        "the totals by side and status are those of the lines",
        """SELECT coalesce(sum(row_count), 0) FROM reconciliation_sourcefile
           WHERE project_id = %s AND status = 'imported'""",
        """SELECT coalesce(n.side, t.side) || ' ' || coalesce(n.status, t.status)
                  || ': the lines say ' || coalesce(n.lines, 0) || ' / '
                  || coalesce(n.total, 0) || ', the totals '
                  || coalesce(t.line_count, 0) || ' / ' || coalesce(t.total_minor, 0)
           FROM (SELECT l.side, coalesce(m.method, 'open') AS status, count(*) AS lines,
                        sum(l.amount_minor) AS total, sum(abs(l.amount_minor)) AS gross
                 FROM reconciliation_line l
                 JOIN reconciliation_sourcefile f
                   ON f.id = l.source_file_id AND f.status = 'imported'
                 LEFT JOIN reconciliation_matchmember m
                   ON m.project_id = l.project_id AND m.line_id = l.id AND m.released_at IS NULL
                 WHERE l.project_id = %s GROUP BY 1, 2) AS n
           FULL JOIN (SELECT * FROM reconciliation_booktotal WHERE project_id = %s) AS t
                  ON t.side = n.side AND t.status = n.status
           WHERE (coalesce(n.lines, 0), coalesce(n.total, 0), coalesce(n.gross, 0))
              <> (coalesce(t.line_count, 0), coalesce(t.total_minor, 0), coalesce(t.gross_minor, 0))
        """,
    ),
    _Check(
        "every file's lines add up to its control totals",
        """SELECT count(*) FROM reconciliation_sourcefile
           WHERE project_id = %s AND status IN ('imported', 'withdrawn')""",
        """SELECT 'file “' || f.name || '” announces ' || f.row_count || ' lines, has '
                  || count(l.id) || ', in ' || f.money_in_minor || ', out ' || f.money_out_minor
           FROM reconciliation_sourcefile f
           LEFT JOIN reconciliation_line l
                  ON l.project_id = f.project_id AND l.source_file_id = f.id AND l.side = f.side
                 AND l.id BETWEEN f.first_line_id AND f.last_line_id
           WHERE f.project_id = %s AND f.status IN ('imported', 'withdrawn')
           GROUP BY f.id
           HAVING (count(l.id), coalesce(sum(greatest(l.amount_minor, 0)), 0),
                   coalesce(-sum(least(l.amount_minor, 0)), 0))
               <> (f.row_count, f.money_in_minor, f.money_out_minor)""",
    ),
    _Check(
        "every line belongs to an imported file of its project and side",
        "SELECT count(*) FROM reconciliation_line WHERE project_id = %s",
        """SELECT 'line ' || l.id || ' has no such file'
           FROM reconciliation_line l
           LEFT JOIN reconciliation_sourcefile f
                  ON f.id = l.source_file_id AND f.project_id = l.project_id AND f.side = l.side
                 AND f.status IN ('imported', 'withdrawn')
           WHERE l.project_id = %s AND f.id IS NULL""",
    ),
)


def verify_project(project: Project) -> Iterator[Proof]:
    """Prove every promise about the project's books, one after the other."""
    with snapshot():
        for check in (*_LINE_CHECKS, *_GROUP_CHECKS):
            yield _carry_out(check, project)
        yield _prove_bytes(project)
        yield _prove_chain(project)


def verify_site() -> Proof:
    """Prove the chain of events that belong to no project."""
    return _prove_chain(None)


def _carry_out(check: _Check, project: Project) -> Proof:
    [[count]] = fetch(check.counted, [project.pk] * check.counted.count("%s"))
    query = f"{check.faults} LIMIT {NAMED_FAULTS}"
    faults = fetch(query, [project.pk] * check.faults.count("%s"))
    return Proof(check.promise, int(count), tuple(fault for (fault,) in faults))


def _prove_bytes(project: Project) -> Proof:
    """Hash the stored originals of the files that are or were in the books."""
    kept = SourceFile.objects.in_project(project).filter(
        status__in=[FileStatus.IMPORTED, FileStatus.WITHDRAWN]
    )
    faults = [fault for source_file in kept.order_by("id") if (fault := _byte_fault(source_file))]
    return Proof("every original file is kept, byte for byte", kept.count(), tuple(faults))


def _byte_fault(source_file: SourceFile) -> str:
    try:
        with default_storage.open(source_file.stored_name) as original:
            digest = hashlib.sha256()
            for piece in iter(lambda: original.read(1024 * 1024), b""):
                digest.update(piece)
    except FileNotFoundError:
        return f"the original of “{source_file.name}” is gone"
    kept = digest.hexdigest() == source_file.sha256
    return "" if kept else f"the original of “{source_file.name}” is not what was uploaded"


def _prove_chain(project: Project | None) -> Proof:
    whose = "this project's" if project else "the site's"
    state = audit.verify_chain(project)
    promise = f"{whose} audit chain is whole, head {state.head_hash}"
    return Proof(promise, state.count, () if state.intact else (state.reason,))
