"""Where a record is: two empty columns, and an index that holds only open records with a location.

Quick on a grown table: no row is written, and the index finds none to hold.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_file_erased")]

    operations = [
        migrations.AddField(model_name="record", name="longitude", field=models.IntegerField(null=True)),
        migrations.AddField(model_name="record", name="latitude", field=models.IntegerField(null=True)),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["kind", "latitude", "longitude"],
                name="record_around",
                condition=models.Q(("closed__isnull", True), ("latitude__isnull", False)),
            ),
        ),
    ]
