"""Search blocks in upper case for every alphabet; see sql/blocks_in_any_case.sql."""

from pathlib import Path

from django.db import migrations

PROMISES = Path(__file__).parent / "sql" / "blocks_in_any_case.sql"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0012_undo_jobs")]

    operations = [migrations.RunSQL(PROMISES.read_text(encoding="utf-8"))]
