"""The reconciliation app: the seven doors."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Ingestion, matching, review and reporting."""

    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell projects what a reset and a purge do to the books."""
        from projects import lifecycle
        from reconciliation import books

        if books.empty_books not in lifecycle.on_reset:
            lifecycle.on_reset.append(books.empty_books)
            lifecycle.on_purge.append(books.forget_files)
