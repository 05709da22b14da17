"""The machine room as a Django app: whenever migrations have run it makes the cache table, and lets
the runtime role at the rows.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.models.signals import post_migrate

from config.database.choice import database_is_named, runtime_role
from config.database.roles import grant_rows, make_runtime_role


class MachineRoom(AppConfig):
    """Carries no models; its name keeps it apart from the apps with business in them."""

    name = "config"
    verbose_name = "Machine room"

    def ready(self) -> None:
        """Have the shared cache's table made along with that of the sessions."""
        sessions = apps.get_app_config("sessions")
        post_migrate.connect(make_cache_table, sender=sessions)
        post_migrate.connect(grant_to_runtime_role, sender=sessions)


def make_cache_table(*, using: str, **_: Any) -> None:
    """Make the table of the database cache where it is missing."""
    call_command("createcachetable", database=using, verbosity=0)


def grant_to_runtime_role(*, using: str, **_: Any) -> None:
    """Give the role that the site runs as what it needs, where that is not the owner."""
    role, connection = runtime_role(), connections[using]
    if not role or settings.TESTING:
        return
    if not database_is_named():
        make_runtime_role(connection.get_connection_params())
    grant_rows(connection, role)
