"""Django's PostgreSQL backend, whose connections start the embedded server when it is not up."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from .cluster import Cluster


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server named by ``settings_dict["CLUSTER"]``."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters for psycopg2, with the server up and its socket named."""
        cluster: Cluster = self.settings_dict["CLUSTER"]
        return {**super().get_connection_params(), "host": cluster.ensure_running()}
