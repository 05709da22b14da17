"""Posted entries settle entries to post; see sql/posted_entries.sql."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

PROMISES = Path(__file__).parent / "sql" / "posted_entries.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0004_write_off_limit"),
        ("reconciliation", "0003_break_notes"),
    ]
    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="settles",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="settlements",
                to="reconciliation.adjustment",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                condition=models.Q(("settles__isnull", False)),
                fields=["project", "settles"],
                name="settlements_by_entry",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["project", "made_at"], name="entries_by_project"),
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
