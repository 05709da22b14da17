"""The runtime role may have tables analysed; see sql/statistics.sql."""

from pathlib import Path

from django.db import migrations

STATISTICS = Path(__file__).parent / "sql" / "statistics.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_invitations'),
    ]

    operations = [
        migrations.RunSQL(STATISTICS.read_text(encoding="utf-8")),
    ]
