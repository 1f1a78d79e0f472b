"""A mail address is told only when whoever reads it has said so.

Addresses that are there already were typed under the old rule and stay: one statement over a small table, which is
emptied two months after each matter ends.
"""

from django.db import migrations, models
from django.db.models import F


def keep(apps, _editor):
    apps.get_model("following", "Follow").objects.update(confirmed=F("at"))


class Migration(migrations.Migration):

    dependencies = [
        ("following", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField("follow", "confirmed", models.DateTimeField(null=True)),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveConstraint("follow", "follow_once"),
        migrations.AddConstraint(
            "follow", models.UniqueConstraint(fields=("record", "person", "print"), name="follow_once_each")
        ),
    ]
