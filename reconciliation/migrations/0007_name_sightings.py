"""What matches teach about names, and the promises the database keeps; see sql/name_sightings.sql."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

PROMISES = Path(__file__).parent / "sql" / "name_sightings.sql"
SOURCES = [
    ("hand", "Matched by hand"),
    ("run", "Matched by a run"),
    ("copied", "Carried here"),
    ("unmatched", "Unmatched"),
    ("removed", "Removed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0002_promises"),
        ("reconciliation", "0006_line_diagnoses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NameSighting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("bank_name", models.CharField(max_length=200)),
                ("ledger_name", models.CharField(max_length=200)),
                ("source", models.CharField(choices=SOURCES, max_length=9)),
                ("by_hand", models.IntegerField(default=0)),
                ("by_run", models.IntegerField(default=0)),
                ("agrees", models.BooleanField(default=False)),
                ("origin", models.UUIDField()),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("project", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="name_sightings", to="projects.project")),
                ("run", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="reconciliation.matchrun")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "bank_name", "ledger_name", "source", "origin"), name="an_origin_teaches_an_alias_once"),
                    models.CheckConstraint(condition=models.Q(("source__in", [key for key, _ in SOURCES])), name="sighting_source_is_known"),
                    models.CheckConstraint(condition=models.Q(("by_hand__gte", 0), ("by_run__gte", 0)), name="sightings_are_counted"),
                ],
            },
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
