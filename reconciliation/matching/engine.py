"""The engine: the order of passes, one short list. Sure or silent: the rest is suggested.

Law: the same lines give the same decisions, whatever the order of rows and whatever their ids, up
to lines nobody can tell apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from reconciliation.columns import LineColumns
from reconciliation.matching.aliases import alias_keys, seen_aliases
from reconciliation.matching.batches import assemble, pairs_batch
from reconciliation.matching.candidates import Candidates, find_candidates, learned_windows
from reconciliation.matching.dense import match_dense_twins
from reconciliation.matching.diagnosis import diagnose_reading
from reconciliation.matching.edges import both_sides
from reconciliation.matching.evidence import difference_evidence, pair_evidence
from reconciliation.matching.groups_by_number import match_reference_groups
from reconciliation.matching.groups_of_many import match_many_to_many
from reconciliation.matching.lessons import Lesson, lessons_of_pairs
from reconciliation.matching.marginals import certain
from reconciliation.matching.memory import Memory
from reconciliation.matching.offered import point_to_offers
from reconciliation.matching.pairs import accept_differences, accept_pairs
from reconciliation.matching.proposals import MATCHED, SUGGESTED, Proposals
from reconciliation.matching.reading import read_sides
from reconciliation.matching.refusals import refused_rows
from reconciliation.matching.remainders import has_remainder, match_remainders
from reconciliation.matching.report import report_of
from reconciliation.matching.reversals import match_reversals
from reconciliation.matching.ruleset import AUTO, OFF, Ruleset
from reconciliation.matching.structure import match_fee_batches, match_structure
from reconciliation.matching.suggestions import suggest
from reconciliation.matching.tolerant import match_close_amounts
from reconciliation.matching.weights import learn_rates, unusual_lags
from reconciliation.matching.working import Working

ENGINE_VERSION = "1.0"

Progress = Callable[[str, int, int], None]
Sides = tuple[LineColumns, LineColumns]


def propose_matches(
    bank: LineColumns,
    ledger: LineColumns,
    *,
    ruleset: Ruleset,
    memory: Memory | None = None,
    earlier: Sides | None = None,
    progress: Progress | None = None,
    offer: bool = True,
    explain_open: bool = False,
    last_bank_day: int | None = None,
) -> Proposals:
    """Return what the rules find between ``bank`` and ``ledger``; nothing is recorded.

    Without ``offer`` nothing uncertain is looked for: no suggestions but those a rule is set to.
    ``earlier`` lines of both sides are matched already: they only tell what is usual in these
    books, for what earlier runs left over is not. ``explain_open`` adds the diagnosis of each line
    that stays open; ``last_bank_day`` is the last day the statements cover.
    """
    if memory is not None:
        ruleset = memory.demoted(ruleset)
    tell = progress or _tell_nobody
    tell("Reading the text of every line", 0, len(PASSES) + 1)
    work = begin(bank, ledger, ruleset, memory, earlier)
    for index, (label, step) in enumerate(PASSES, start=1):
        if offer or step is not suggest:
            tell(label, index, len(PASSES) + 1)
            step(work)
    found = assemble(work.batches, *work.reading.lines, memory.slope if memory else None)
    found = replace(found, report=report_of(found, work), taught=_taught(work))
    if not explain_open:
        return found
    tell("Why the rest is open", len(PASSES) + 1, len(PASSES) + 1)
    found_open = diagnose_reading(
        work.reading, work.open, ruleset=ruleset, last_bank_day=last_bank_day
    )
    return replace(found, diagnosis=point_to_offers(found_open, found))


def _tell_nobody(label: str, place: int, total: int) -> None:
    """Report progress to nobody."""


def begin(
    bank: LineColumns,
    ledger: LineColumns,
    ruleset: Ruleset,
    memory: Memory | None,
    earlier: Sides | None = None,
) -> Working:
    """Return a run in which every line is read, and open but for the ``earlier`` ones."""
    lines = own = (bank, ledger)
    if earlier:
        lines = both_sides(lambda i: LineColumns.concat(own[i].side, [own[i], earlier[i]]))
    reading = read_sides(*lines)
    return Working(
        reading=reading,
        rules=ruleset,
        memory=memory,
        windows=learned_windows(reading, ruleset),
        open=both_sides(lambda i: np.arange(len(lines[i])) < len(own[i])),
        earlier=both_sides(lambda i: np.arange(len(own[i]), len(lines[i]))),
        held=both_sides(lambda i: np.zeros(len(lines[i]), bool)),
        refused=refused_rows(reading, memory.refused) if memory else frozenset(),
    )


def match_pairs(work: Working) -> None:
    """Match lines of equal amounts that are certainly the same event."""
    reading = work.reading
    edges = find_candidates(reading, work.rows(0), work.rows(1), work.windows, work.rules)
    if work.rates is None:
        work.rates = learn_rates(reading, _usual_edges(work, edges))
    weight = work.weigh(edges)
    unusual = unusual_lags(reading, edges, work.rates)
    found, chance = accept_pairs(reading, edges, weight, unusual, work.rules)
    work.unexplained = tuple(
        np.maximum(1.0 - np.bincount(ends, chance, len(lines)), 1e-6)
        for ends, lines in zip((edges.bank, edges.ledger), reading.sides, strict=True)
    )
    evidence = pair_evidence(reading, edges.take(found.edge))
    for place in np.flatnonzero(found.copied).tolist():
        evidence[place]["copies"] = True
    batch = pairs_batch(MATCHED, found.rule, found.chance, evidence, found.bank, found.ledger)
    kept = work.add(batch)
    work.paired[0].append(found.bank[kept])
    work.paired[1].append(found.ledger[kept])


def _usual_edges(work: Working, edges: Candidates) -> Candidates:
    """Return the edges to learn from: those of the open lines, and of the earlier ones if any."""
    if not any(len(rows) for rows in work.earlier):
        return edges
    rows = both_sides(lambda i: np.concatenate([work.rows(i), work.earlier[i]]))
    return find_candidates(work.reading, *rows, work.windows, work.rules)


def match_differences(work: Working) -> None:
    """Match lines that share a rare number although their amounts differ in a way that has a
    name.
    """
    mode = work.rules.mode("number_with_difference")
    if mode == OFF:
        return
    reading = work.reading
    edges = find_candidates(reading, work.rows(0), work.rows(1), work.windows, work.rules)
    weight = work.weigh(edges)
    chance = certain(edges.bank, edges.ledger, weight)
    sure, named = accept_differences(reading, edges, chance, work.rules)
    clear = ~has_remainder(work, edges.bank[sure], edges.ledger[sure])
    sure, named = sure[clear], named[clear]
    evidence = difference_evidence(reading, edges.take(sure), named.tolist())
    outcome = MATCHED if mode == AUTO else SUGGESTED
    bank, ledger = edges.bank[sure], edges.ledger[sure]
    work.add(pairs_batch(outcome, "number_with_difference", chance[sure], evidence, bank, ledger))


def learn_names(work: Working) -> None:
    """Learn which names stand for each other from the pairs made so far and the memory."""
    pairs = [np.concatenate([np.empty(0, np.int64), *each]) for each in work.paired]
    aliases = seen_aliases(work.reading, pairs[0], pairs[1], work.memory)
    work.aliases = alias_keys(work.reading, *aliases)
    work.reading = work.reading.with_names(work.reading.names.with_aliases(*aliases))


def _taught(work: Working) -> list[Lesson]:
    """Return what the pairs matched by certain equal amounts teach about names."""
    bank, ledger = (np.concatenate([np.empty(0, np.int64), *each]) for each in work.paired)
    known = frozenset(name for name, _ in work.memory.aliases) if work.memory else frozenset()
    return lessons_of_pairs(work.reading, bank, ledger, known)


PASSES: tuple[tuple[str, Callable[[Working], None]], ...] = (
    ("Names already known", learn_names),
    ("Reversals on one side", match_reversals),
    ("Equal amounts, one to one", match_pairs),
    ("Crowds of equal lines", match_dense_twins),
    ("Names learned", learn_names),
    ("Equal amounts, names learned", match_pairs),
    ("Groups sharing a reference", match_reference_groups),
    ("References and a remainder", match_remainders),
    ("Batches less their fee", match_fee_batches),
    ("Groups by day, source or payee", match_structure),
    ("Equal amounts again", match_pairs),
    ("References again", match_reference_groups),
    ("References of several lines on both sides", match_many_to_many),
    ("Same number, different amount", match_differences),
    ("Remaining reversals", partial(match_reversals, residual=True)),
    ("Same name, close amount", match_close_amounts),
    ("Suggestions", suggest),
)
