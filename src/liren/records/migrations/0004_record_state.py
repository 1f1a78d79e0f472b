"""An index by state and day: lists of what is open, newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_standing_index")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["kind", "state", "opened"], name="record_state"),
        ),
    ]
