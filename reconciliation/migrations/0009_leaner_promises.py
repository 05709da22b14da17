"""The same promises, proved in fewer looks at the rows that arrive; see sql/leaner_promises.sql."""

from pathlib import Path

from django.db import migrations

PROMISES = Path(__file__).parent / "sql" / "leaner_promises.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0008_trials'),
    ]

    operations = [
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
