"""Is the process up, and is everything it needs there?"""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from reconciliation import jobs

LEAST_FREE_BYTES = 64 * 1024 * 1024


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 for as long as the process serves at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations, a worker and room on the disk are there, else 503 and
    which is not; ``rows_only`` says whether this process can change rows alone, and no table.
    """
    checks = {"database": _database_answers()}
    checks["migrations"] = checks["database"] and _migrations_are_done()
    checks["worker"] = checks["migrations"] and jobs.worker_seen()
    checks["disk"] = _there_is_room()
    ready = all(checks.values())
    told = {"ready": ready, **checks, "rows_only": checks["migrations"] and _changes_no_table()}
    return JsonResponse(told, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _migrations_are_done() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _changes_no_table() -> bool:
    """Say whether the database role is other than the owner, so that no trigger can be lifted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('projects_auditevent', 'TRUNCATE')")
        return not cursor.fetchone()[0]


def _there_is_room() -> bool:
    """Say whether uploads and temporary files find room on this machine."""
    places = [place for place in (str(settings.VAR), tempfile.gettempdir()) if Path(place).exists()]
    return all(shutil.disk_usage(place).free >= LEAST_FREE_BYTES for place in places)
