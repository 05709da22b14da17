"""Projects and their trail in the admin: to be looked at, never to be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from projects.models import AuditEvent, Membership, Project


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows; adds, changes and deletes nothing, whatever rights somebody has."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Which projects there are; their books stay with their members."""

    list_display = ("name", "created_by", "state", "created_at")
    list_filter = ("state",)
    fields = ("id", "name", "state", "state_changed_at", "created_by", "created_at")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who may do what where."""

    list_display = ("project", "user", "role", "created_at")
    list_filter = ("role",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What was done by whom and when, without the details, which hold amounts."""

    list_display = ("at", "project", "seq", "actor_name", "action", "subject")
    list_filter = ("action",)
    fields = ("at", "project", "seq", "actor_name", "action", "subject", "hash")
    show_full_result_count = False
