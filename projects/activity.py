"""Recent activity: the last events of a project's chain, each as a sentence people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projects import audit
from projects.models import AuditEvent, Project

#: What an action is called in a sentence that starts with who did it.
ACTION_WORDS: Mapping[str, str] = {
    "project.created": "created the project",
    "project.settings_changed": "changed the settings",
    "project.locked": "locked the books",
    "project.unlocked": "opened the books",
    "project.archived": "archived the project",
    "project.reset": "emptied the books",
    "member.added": "added a member",
    "member.invited": "invited",
    "member.invitation_withdrawn": "withdrew the invitation of",
    "member.invitation_declined": "declined the invitation of",
    "member.role_changed": "changed a member's role",
    "member.removed": "removed a member",
    "member.ownership_transferred": "handed the ownership over",
    "file.uploaded": "uploaded a file",
    "file.import_confirmed": "confirmed an import",
    "file.layout_corrected": "corrected how a file is read",
    "file.read_again": "had a file read again",
    "file.imported": "imported a file",
    "file.withdrawn": "undid an import",
    "file.cancelled": "cancelled an import",
    "layout.forgotten": "deleted a remembered layout",
    "layout.brought": "brought a layout from a file",
    "ruleset.changed": "changed the matching rules",
    "rule.trusted": "let a rule match by itself again",
    "alias.removed": "removed known names",
    "alias.carried": "took known names over",
    "run.started": "started Auto-Reconciliation",
    "run.recorded": "recorded the matches of a run",
    "run.undone": "undid a run",
    "match.recorded": "matched lines by hand",
    "match.settled": "let a run settle an entry to post",
    "match.reversed": "unmatched a group",
    "adjustment.recorded": "recorded an entry to post",
    "note.written": "wrote a note",
    "suggestion.accepted": "accepted a suggestion",
    "suggestions.accepted": "accepted suggestions of one kind",
    "suggestion.declined": "declined a suggestion",
    "audit.exported": "exported the audit trail",
    "workbook.exported": "made a workbook",
    "workbook.downloaded": "downloaded a workbook",
}


def recent_events(project: Project, limit: int = 8) -> list[AuditEvent]:
    """Return the last ``limit`` events, newest first, each with its ``sentence``."""
    events = list(audit.events_of(project).order_by("-seq")[:limit])
    for event in events:
        event.sentence = sentence(event)  # type: ignore[attr-defined]
    return events


def sentence(event: AuditEvent) -> str:
    """Return who did what, in words."""
    who = event.actor_name or "The program"
    words = ACTION_WORDS.get(event.action, event.action.replace(".", " ").replace("_", " "))
    about = _about(event.changes)
    return f"{who} {words}: {about}" if about else f"{who} {words}"


def _about(changes: Mapping[str, Any]) -> str:
    """Return the name or the count that tells this event from others of its kind."""
    after = changes.get("after") or {}
    for key, noun in (("rows", "rows"), ("groups", "groups"), ("groups_reversed", "groups")):
        if key in after:
            return f"{after[key]:,} {noun}"
    return str(changes.get("member") or changes.get("name") or after.get("name") or "")
