"""The reconciliation app: the seven doors."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Ingestion, matching, review and reporting."""

    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell projects what a reset and a purge do to the books, and what events are about."""
        from projects import lifecycle, trail
        from reconciliation import books, subjects

        if books.empty_books not in lifecycle.on_reset:
            lifecycle.on_reset.append(books.empty_books)
            lifecycle.on_purge.append(books.forget_files)
            trail.namers.append(subjects.name_subjects)
