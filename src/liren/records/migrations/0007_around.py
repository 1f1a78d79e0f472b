"""The index of open records with a location, made beside the work that goes on; it begins with none."""

from django.db import migrations, models

from liren.database.steps import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0006_location")]

    operations = [
        AddIndexBeside(
            model_name="record",
            index=models.Index(
                fields=["kind", "latitude", "longitude"],
                name="record_around",
                condition=models.Q(("closed__isnull", True), ("latitude__isnull", False)),
            ),
        ),
    ]
