"""Lines and bytes arrive with less work; open items have an index a side, by date and by amount."""

from pathlib import Path

from django.db import migrations, models

PROMISES = Path(__file__).parent / "sql" / "leaner_arrival.sql"


def _index(column, name, side):
    condition = models.Q(side=side)
    fields = ["project", column, "line_id"]
    name = f"open_items_by_{name}_{side}"
    return migrations.AddIndex(
        "openitem", models.Index(fields=fields, name=name, condition=condition)
    )


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0013_blocks_in_any_case")]

    operations = [
        migrations.RemoveIndex("openitem", "open_items_by_date"),
        migrations.RemoveIndex("openitem", "open_items_by_amount"),
        *(
            _index(column, name, side)
            for column, name in (("booked_on", "date"), ("amount_minor", "amount"))
            for side in ("bank", "ledger")
        ),
        migrations.RunSQL(PROMISES.read_text(encoding="utf-8")),
    ]
