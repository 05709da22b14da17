"""Django's PostgreSQL backend, whose connections start the embedded server when it is not up."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from .cluster import Cluster
from .roles import OWNER, RUNTIME_ROLE, make_runtime_role


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server named by ``settings_dict["CLUSTER"]``."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters for psycopg2, with the server up and its socket named."""
        cluster: Cluster = self.settings_dict["CLUSTER"]
        return {**super().get_connection_params(), "host": cluster.ensure_running()}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; the first time as the runtime role, see to it that there is one."""
        if conn_params["user"] == RUNTIME_ROLE and not self.settings_dict["CLUSTER"].has_roles:
            make_runtime_role({**conn_params, "user": OWNER})
            self.settings_dict["CLUSTER"].has_roles = True
        return super().get_new_connection(conn_params)
