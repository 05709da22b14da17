"""Remembered layouts, filled from the imports before; see sql/remembered_layouts.sql."""

import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

PROMISES = Path(__file__).parent / "sql" / "remembered_layouts.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0004_write_off_limit"),
        ("reconciliation", "0004_posted_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RememberedLayout",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("side", models.CharField(choices=[("bank", "Bank statement"), ("ledger", "Ledger")], max_length=6)),
                ("fingerprint", models.CharField(max_length=64)),
                ("header", models.JSONField(blank=True, default=list)),
                ("options", models.JSONField(blank=True, default=dict)),
                ("read_as", models.JSONField(blank=True, default=dict)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name="layouts", to="projects.project")),
                ("source_file", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="reconciliation.sourcefile")),
            ],
            options={
                "ordering": ["side", models.OrderBy(models.F("used_at"), descending=True, nulls_last=True), "-made_at", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("side__in", ["bank", "ledger"])), name="rememberedlayout_side_is_known"),
                    models.UniqueConstraint(fields=("project", "side", "fingerprint"), name="one_layout_per_header_and_side"),
                ],
            },
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
