"""Trials of rulesets, and the kind of job that carries them out; see models/trial.py."""

import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


PROMISES = Path(__file__).parent / "sql" / "trials.sql"
KINDS = [('preview', 'Preview of changes'), ('estimate', 'Estimate of false matches')]
JOBS = [
    ('read', 'Reading a file'),
    ('import', 'Importing a file'),
    ('match', 'Auto-Reconciliation'),
    ('export', 'Writing the workbook'),
    ('demo', 'Making the demo'),
    ('trial', 'Trying the rules out'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0007_name_sightings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=KINDS, max_length=8)),
                ('ruleset', models.JSONField(default=dict)),
                ('report', models.JSONField(default=dict)),
                ('trail_seq', models.BigIntegerField(default=0)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='trials', to='projects.project')),
            ],
            options={
                'ordering': ['-started_at', 'id'],
                'indexes': [models.Index(fields=['project', '-started_at'], name='trials_by_project')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', [kind for kind, _ in KINDS])), name='trial_kind_is_known')],
            },
        ),
        migrations.RemoveConstraint(model_name='job', name='job_kind_is_known'),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=JOBS, max_length=6),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', [kind for kind, _ in JOBS])), name='job_kind_is_known'),
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
