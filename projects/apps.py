"""The projects app: whose books these are."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects, members and the audit trail."""

    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect sign-ups and sign-ins to the site-wide audit chain."""
        from projects import signals  # noqa: F401
