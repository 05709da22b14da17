"""An entry to post belongs to one group for good; see sql/entries_in_one_group.sql."""

from pathlib import Path

from django.db import migrations

PROMISES = Path(__file__).parent / "sql" / "entries_in_one_group.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0010_search_blocks'),
    ]

    operations = [
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
