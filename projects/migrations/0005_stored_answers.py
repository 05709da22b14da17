"""Answers to forms, kept so that a form sent twice takes effect once."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_write_off_limit")]
    operations = [
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                (
                    "request_hash",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("status", models.PositiveSmallIntegerField(default=303)),
                ("location", models.TextField(default="")),
                ("content", models.TextField(default="")),
                ("told", models.JSONField(default=list)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), db_index=True
                    ),
                ),
            ],
        ),
    ]
