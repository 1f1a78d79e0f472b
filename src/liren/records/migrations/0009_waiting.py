"""What waits for somebody is found in an index of open records alone, which holds all that is asked of them; and what
ended in a place by the place and the day together."""

from django.db import migrations, models

from liren.database.steps import AddIndexBeside

HELD = ["kind", "state", "place", "due", "unit", "handler", "opener", "person", "closed"]
ENDED = ["kind", "place", "closed", "state", "late_count", "opened", "unit"]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0008_wider_indexes")]

    operations = [
        AddIndexBeside(
            model_name="record",
            index=models.Index(
                fields=HELD, name="record_waiting", condition=models.Q(closed__isnull=True)
            ),
        ),
        migrations.RemoveIndex(model_name="record", name="record_standing"),
        AddIndexBeside(model_name="record", index=models.Index(fields=ENDED, name="record_standing")),
    ]
