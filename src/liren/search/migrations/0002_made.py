"""By what the entries were made, so that a changed pack is noticed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Made",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(default="", max_length=64)),
                ("since", models.DateTimeField()),
            ],
        ),
    ]
