"""The promises the database keeps about projects and their trail; see sql/promises.sql."""

from pathlib import Path

from django.db import migrations

PROMISES = Path(__file__).parent / "sql" / "promises.sql"


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [migrations.RunSQL(PROMISES.read_text(encoding="utf-8"))]
