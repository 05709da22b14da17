"""Undoing an import may be a background job, as undoing a run is."""

from django.db import migrations, models

JOBS = [
    ("read", "Reading a file"),
    ("import", "Importing a file"),
    ("match", "Auto-Reconciliation"),
    ("export", "Writing the workbook"),
    ("demo", "Making the demo"),
    ("trial", "Trying the rules out"),
    ("undo", "Undoing a run"),
    ("unload", "Undoing an import"),
]


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0014_leaner_arrival")]

    operations = [
        migrations.RemoveConstraint(model_name="job", name="job_kind_is_known"),
        migrations.AlterField(
            model_name="job", name="kind", field=models.CharField(choices=JOBS, max_length=6)
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _ in JOBS])),
                name="job_kind_is_known",
            ),
        ),
    ]
