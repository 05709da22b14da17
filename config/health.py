"""Is the process up, and is everything it needs there?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from reconciliation import jobs


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 for as long as the process serves at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations and a worker are there, else 503 and which is not."""
    checks = {"database": _database_answers()}
    checks["migrations"] = checks["database"] and _migrations_are_done()
    checks["worker"] = checks["migrations"] and jobs.worker_seen()
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _migrations_are_done() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
