"""An index of what has not ended, for what waits for whom: a thousandth of a grown county."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("records", "0004_record_state")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["kind", "place", "state"], name="record_open", condition=Q(closed__isnull=True)
            ),
        ),
    ]
