"""Lines bring their open items and search blocks with them; see sql/lines_arrive_whole.sql."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

PROMISES = Path(__file__).parent / "sql" / "lines_arrive_whole.sql"


def _loose_key(to):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0015_unload_jobs")]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_count", models.BigIntegerField()),
                ("first_line_id", models.BigIntegerField()),
                ("last_line_id", models.BigIntegerField()),
                ("project", _loose_key("projects.project")),
                ("source_file", _loose_key("reconciliation.sourcefile")),
            ],
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
