"""The index of attendance by record says who was there, so that persons are counted in the index alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0003_arrived_departed"), ("records", "0003_standing_index")]

    operations = [
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(
                fields=["record", "present", "confirmed", "person"], name="attendance_there"
            ),
        ),
        migrations.AlterField(
            model_name="attendance",
            name="record",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendance",
                to="records.record",
            ),
        ),
    ]
