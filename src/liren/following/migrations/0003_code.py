"""A phone number says yes by a code, too. Numbers that are there already were typed under the old rule and stay."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("following", "0002_follow_confirmed"),
    ]

    operations = [
        migrations.AddField(
            "follow", "code_print", models.CharField(max_length=64, blank=True, default="")
        ),
        migrations.AddField("follow", "code_until", models.DateTimeField(null=True)),
        migrations.AddField("follow", "tries", models.PositiveSmallIntegerField(default=0)),
    ]
