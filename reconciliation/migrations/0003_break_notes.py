"""Notes on lines, and the promises the database keeps about them; see sql/break_notes.sql."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


PROMISES = Path(__file__).parent / "sql" / "break_notes.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_promises'),
        ('reconciliation', '0002_promises'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BreakNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('line_id', models.BigIntegerField()),
                ('reason', models.CharField(blank=True, choices=[('', 'No reason'), ('deposit_in_transit', 'Deposit in transit'), ('outstanding_payment', 'Outstanding payment'), ('missing_in_ledger', 'Missing in ledger'), ('missing_at_bank', 'Missing at bank'), ('amount_differs', 'Amount differs'), ('duplicate', 'Possible duplicate'), ('bank_fee', 'Bank fee or interest'), ('outside_window', 'Outside the date window'), ('likely_contra', 'Likely reversal'), ('ambiguous', 'Several equally good matches')], default='', max_length=20)),
                ('note', models.TextField(blank=True, default='')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='break_notes', to='projects.project')),
            ],
            options={
                'ordering': ['-made_at', '-id'],
                'indexes': [models.Index(fields=['project', 'line_id', '-made_at'], name='break_notes_by_line')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['', 'deposit_in_transit', 'outstanding_payment', 'missing_in_ledger', 'missing_at_bank', 'amount_differs', 'duplicate', 'bank_fee', 'outside_window', 'likely_contra', 'ambiguous'])), name='break_note_reason_is_known'), models.CheckConstraint(condition=models.Q(('assignee__isnull', True), ('note', ''), ('reason', ''), _negated=True), name='break_note_says_something')],
            },
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
