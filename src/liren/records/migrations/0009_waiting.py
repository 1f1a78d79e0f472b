"""What waits for somebody is found in an index of open records alone, which holds all that is asked of them."""

from django.db import migrations, models

from liren.database.steps import AddIndexBeside

HELD = ["kind", "state", "place", "due", "unit", "handler", "opener", "person", "closed"]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0008_wider_indexes")]

    operations = [
        AddIndexBeside(
            model_name="record",
            index=models.Index(
                fields=HELD, name="record_waiting", condition=models.Q(closed__isnull=True)
            ),
        )
    ]
