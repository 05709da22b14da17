"""What happens to a project as a whole: create, rename, lock, archive, reset, delete, purge.

Law: every change here takes the project's row FOR UPDATE, so that it waits for a recording that is
under way and nothing is recorded after it. What a reset does to the books is announced to
``on_reset``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from projects import audit
from projects.collisions import change_of_project, tried_again
from projects.currency import CURRENCY_STAYS
from projects.models import Invitation, Membership, Project, ProjectState, Role

#: How long a deleted project is kept, hidden, before it is purged; the database insists on it too.
PURGE_AFTER = dt.timedelta(days=30)

#: How long a draft may take to be finished.
DRAFT_KEPT = dt.timedelta(days=1)

#: Called with keyword arguments ``project`` and ``actor`` inside the transaction of a reset.
on_reset: list[Callable[..., dict[str, Any]]] = []

#: Called with the keyword argument ``project`` in the transaction of a purge, before its rows go.
on_purge: list[Callable[..., None]] = []

#: From which states a project may go to a state.
_ALLOWED_FROM = {
    ProjectState.OPEN: {ProjectState.LOCKED, ProjectState.ARCHIVED},
    ProjectState.LOCKED: {ProjectState.OPEN},
    ProjectState.ARCHIVED: {ProjectState.OPEN, ProjectState.LOCKED},
    ProjectState.DELETED: {ProjectState.OPEN, ProjectState.LOCKED, ProjectState.ARCHIVED},
}


class StateRefused(Exception):
    """The project is not in a state from which this change is possible."""

    http_status = 409


@change_of_project
def create_project(*, actor: Any, name: str, is_draft: bool = False, **settings: Any) -> Project:
    """Create a project owned by ``actor``; ``settings`` are its other fields.

    Nobody sees a draft until ``show_draft``; one that is never shown is forgotten.
    """
    project = Project.objects.create(name=name.strip(), created_by=actor, **settings)
    project.refresh_from_db()
    if not is_draft:
        Membership.objects.create(project=project, user=actor, role=Role.OWNER)
    after = _settings_of(project)
    audit.record(project=project, actor=actor, action="project.created", after=after)
    audit.record(
        project=None, actor=actor, action="project.created", subject=f"project:{project.pk}"
    )
    return project


def show_draft(*, project: Project) -> None:
    """Let the draft appear: its creator owns it from now on."""
    Membership.objects.create(project=project, user=project.created_by, role=Role.OWNER)


def forget_drafts() -> int:
    """Delete the drafts begun more than DRAFT_KEPT ago: who made them was killed; return how
    many.
    """
    old = Project.objects.filter(memberships=None, created_at__lt=Now() - DRAFT_KEPT)
    abandoned = list(old.exclude(state=ProjectState.DELETED).select_related("created_by"))
    for project in abandoned:
        delete_project(project=project, actor=project.created_by)
    return len(abandoned)


@change_of_project
def change_settings(*, project: Project, actor: Any, **settings: Any) -> Project:
    """Change the project's name, currency, period or opening balances."""
    project = _lock(project)
    _refuse_unless(project.state == ProjectState.OPEN, project)
    if settings.get("currency", project.currency) != project.currency:
        _refuse_other_currency(project)
    before = _settings_of(project)
    for field, value in settings.items():
        setattr(project, field, value.strip() if field == "name" else value)
    after = _settings_of(project)
    if after != before:
        project.save(update_fields=list(settings))
        audit.record(
            project=project,
            actor=actor,
            action="project.settings_changed",
            before={key: text for key, text in before.items() if after[key] != text},
            after={key: text for key, text in after.items() if before[key] != text},
        )
    return project


def _refuse_other_currency(project: Project) -> None:
    if project.source_files.exists():
        raise StateRefused(CURRENCY_STAYS.format(project.currency))


def lock_project(*, project: Project, actor: Any) -> Project:
    """Close the books; nothing but audit events, exports and unlocking goes on."""
    return _change_state(project, actor, ProjectState.LOCKED, "project.locked")


def unlock_project(*, project: Project, actor: Any) -> Project:
    """Open locked or archived books again."""
    return _change_state(project, actor, ProjectState.OPEN, "project.unlocked")


def archive_project(*, project: Project, actor: Any) -> Project:
    """Put the project away: out of the daily list, read only."""
    return _change_state(project, actor, ProjectState.ARCHIVED, "project.archived")


@change_of_project
def delete_project(*, project: Project, actor: Any) -> None:
    """Hide the project at once; ``purge_deleted`` removes it after PURGE_AFTER."""
    deleted = _change_state(project, actor, ProjectState.DELETED, "project.deleted")
    audit.record(
        project=None,
        actor=actor,
        action="project.deleted",
        subject=f"project:{deleted.pk}",
        name=deleted.name,
        events=deleted.audit_events.count(),
        head=audit.head_hash(deleted),
    )


@change_of_project
def reset_project(*, project: Project, actor: Any) -> dict[str, Any]:
    """Reverse every match and withdraw every file: the books are empty, their history stays.

    Returns what the hooks report (counts of groups reversed and files withdrawn).
    """
    project = _lock(project)
    _refuse_unless(project.state == ProjectState.OPEN, project)
    counts: dict[str, Any] = {}
    for hook in on_reset:
        counts |= hook(project=project, actor=actor)
    audit.record(project=project, actor=actor, action="project.reset", after=counts)
    return counts


def purge_deleted() -> int:
    """Remove every project deleted more than PURGE_AFTER ago, leaving the tombstone; return how
    many.
    """
    due = Project.objects.filter(
        state=ProjectState.DELETED, state_changed_at__lt=Now() - PURGE_AFTER
    ).values_list("pk", flat=True)
    for project_id in list(due):
        _purge(project_id)
    return len(due)


@tried_again
@transaction.atomic
def _purge(project_id: Any) -> None:
    project = Project(pk=project_id)
    head = audit.head_hash(project)
    for hook in on_purge:
        hook(project=project)
    Invitation.objects.filter(project_id=project_id).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT purge_project(%s)", [project_id])
    audit.record(
        project=None,
        actor=None,
        action="project.purged",
        subject=f"project:{project_id}",
        head=head,
    )


@change_of_project
def _change_state(project: Project, actor: Any, state: ProjectState, action: str) -> Project:
    project = _lock(project)
    _refuse_unless(project.state in _ALLOWED_FROM[state], project)
    before = project.state
    project.state = state
    project.state_changed_at = Now()
    project.save(update_fields=["state", "state_changed_at"])
    audit.record(
        project=project,
        actor=actor,
        action=action,
        before={"state": before},
        after={"state": state},
    )
    return project


def _lock(project: Project) -> Project:
    return Project.objects.select_for_update().get(pk=project.pk)


def _refuse_unless(allowed: bool, project: Project) -> None:
    if not allowed:
        state = ProjectState(project.state).label.lower()
        raise StateRefused(f"“{project.name}” is {state}; this needs another state.")


def _settings_of(project: Project) -> dict[str, Any]:
    fields = (
        "currency",
        "period_start",
        "period_end",
        "bank_opening_minor",
        "ledger_opening_minor",
        "write_off_limit_minor",
    )
    return {
        "name": project.name,
        **{field: None if (v := getattr(project, field)) is None else str(v) for field in fields},
    }
