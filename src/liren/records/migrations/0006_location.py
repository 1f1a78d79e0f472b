"""Where a record is: two empty columns, for which no row is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_file_erased")]

    operations = [
        migrations.AddField(model_name="record", name="longitude", field=models.IntegerField(null=True)),
        migrations.AddField(model_name="record", name="latitude", field=models.IntegerField(null=True)),
    ]
