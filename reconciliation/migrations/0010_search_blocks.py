"""Where words stand, one row for some neighbouring lines; see models/search_block.py."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


PROMISES = Path(__file__).parent / "sql" / "search_blocks.sql"
SIDES = [('bank', 'Bank statement'), ('ledger', 'Ledger')]


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0009_leaner_promises'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchBlock',
            fields=[
                ('pk', models.CompositePrimaryKey('project_id', 'first_line_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=SIDES, max_length=6)),
                ('first_line_id', models.BigIntegerField()),
                ('last_line_id', models.BigIntegerField()),
                ('texts', models.TextField()),
                ('project', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
            ],
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
