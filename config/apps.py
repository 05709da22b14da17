"""The machine room as a Django app: it makes the cache table whenever migrations have run."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class MachineRoom(AppConfig):
    """Carries no models; its name keeps it apart from the apps with business in them."""

    name = "config"
    verbose_name = "Machine room"

    def ready(self) -> None:
        """Have the shared cache's table made along with that of the sessions."""
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("sessions"))


def make_cache_table(*, using: str, **_: Any) -> None:
    """Make the table of the database cache where it is missing."""
    call_command("createcachetable", database=using, verbosity=0)
