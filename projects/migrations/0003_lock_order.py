"""Write events in the same order of locks as everything else; see sql/lock_order.sql."""

from pathlib import Path

from django.db import migrations

LOCK_ORDER = Path(__file__).parent / "sql" / "lock_order.sql"


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_promises")]
    operations = [migrations.RunSQL(LOCK_ORDER.read_text(encoding="utf-8"))]
