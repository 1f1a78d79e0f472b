"""The index of places holds both ends of a record, so that a stock is counted in the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_record_revision")]

    operations = [
        # The new one first: between the two, lists by place always have an index.
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["kind", "place", "state", "opened", "closed"], name="record_standing"
            ),
        ),
        migrations.RemoveIndex(model_name="record", name="record_place"),
    ]
