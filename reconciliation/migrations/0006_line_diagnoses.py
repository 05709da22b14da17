"""Why each open line is open, and the line it points to; see models/diagnosis.py."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


PROMISES = Path(__file__).parent / "sql" / "line_diagnoses.sql"
REASONS = [
    ('deposit_in_transit', 'Deposit in transit'),
    ('outstanding_payment', 'Outstanding payment'),
    ('missing_in_ledger', 'Missing in ledger'),
    ('missing_at_bank', 'Missing at bank'),
    ('amount_differs', 'Amount differs'),
    ('duplicate', 'Possible duplicate'),
    ('bank_fee', 'Bank fee or interest'),
    ('outside_window', 'Outside the date window'),
    ('likely_contra', 'Likely reversal'),
    ('matched_elsewhere', 'Matched elsewhere'),
    ('ambiguous', 'Possible match, not certain'),
]
SIDES = [('bank', 'Bank statement'), ('ledger', 'Ledger')]


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0005_remembered_layouts'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineDiagnosis',
            fields=[
                ('pk', models.CompositePrimaryKey('project_id', 'line_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('line_id', models.BigIntegerField()),
                ('side', models.CharField(choices=SIDES, max_length=6)),
                ('reason', models.CharField(choices=REASONS, max_length=20)),
                ('detail', models.CharField(blank=True, default='', max_length=20)),
                ('points_to', models.BigIntegerField(null=True)),
                ('pointed_side', models.CharField(blank=True, choices=SIDES, default='', max_length=6)),
                ('difference_minor', models.BigIntegerField(default=0)),
                ('shared_number', models.TextField(blank=True, default='')),
                ('shared_name', models.TextField(blank=True, default='')),
                ('candidate_count', models.IntegerField(default=0)),
                ('project', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='reconciliation.matchrun')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'side', 'reason', 'line_id'], name='line_diagnoses_by_reason')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('side__in', [side for side, _ in SIDES])), name='linediagnosis_side_is_known'),
                    models.CheckConstraint(condition=models.Q(('reason__in', [reason for reason, _ in REASONS])), name='linediagnosis_reason_is_known'),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name='breaknote', name='break_note_reason_is_known'),
        migrations.AlterField(
            model_name='breaknote',
            name='reason',
            field=models.CharField(blank=True, choices=[('', 'No reason'), *REASONS], default='', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='breaknote',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['', *(reason for reason, _ in REASONS)])), name='break_note_reason_is_known'),
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
