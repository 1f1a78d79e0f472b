from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("signin", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            "EventAnchor",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("number", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            "EventSeal",
            [
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
    ]
