"""What lies directly below a place is found by its level: a county's page read its thousand grids for twelve towns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0002_outline")]

    operations = [
        migrations.AddIndex(
            model_name="place", index=models.Index(fields=["level", "code"], name="place_level")
        ),
    ]
