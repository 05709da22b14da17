"""The promises the database keeps about the books; see sql/promises.sql."""

from pathlib import Path

from django.db import migrations

PROMISES = Path(__file__).parent / "sql" / "promises.sql"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial"), ("projects", "0002_promises")]
    operations = [migrations.RunSQL(PROMISES.read_text(encoding="utf-8"))]
