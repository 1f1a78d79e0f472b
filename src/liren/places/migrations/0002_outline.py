"""Boundaries of places: a new table, nothing else is touched."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Outline",
            fields=[
                (
                    "place",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="outline",
                        serialize=False,
                        to="places.place",
                    ),
                ),
                ("west", models.IntegerField()),
                ("south", models.IntegerField()),
                ("east", models.IntegerField()),
                ("north", models.IntegerField()),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("source", models.CharField(blank=True, max_length=200)),
                ("rings", models.JSONField()),
            ],
        ),
    ]
