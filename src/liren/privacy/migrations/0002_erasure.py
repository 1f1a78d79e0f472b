"""Where the erasure of records stands gets a table of its own, filled from the acts.

The filling reads the acts once, without a lock, and writes only the few records about which something was said.
"""

import django.db.models.deletion
from django.db import migrations, models

ABOUT = {"ask_erasure": True, "refuse_erasure": False, "erase": False}
HELD = {"suspend_erasure": True, "resume_erasure": False}


def fill(apps, _editor):
    Act, Erasure = apps.get_model("records", "Act"), apps.get_model("privacy", "Erasure")
    stands: dict[int, dict] = {}
    said = Act.objects.filter(verb__in=[*ABOUT, *HELD]).order_by("id")
    for record, verb, at in said.values_list("record_id", "verb", "at").iterator():
        one = stands.setdefault(record, {"asked": None, "suspended": None})
        if verb in ABOUT:
            one["asked"] = at if ABOUT[verb] else None
        else:
            one["suspended"] = at if HELD[verb] else None
    kept = [Erasure(record_id=record, **one) for record, one in stands.items() if any(one.values())]
    Erasure.objects.bulk_create(kept, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ("privacy", "0001_initial"),
        ("records", "0008_wider_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("record", models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+",
                    serialize=False, to="records.record",
                )),
                ("asked", models.DateTimeField(null=True)),
                ("suspended", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("asked__isnull", False)), fields=["asked"], name="erasure_asked"),
                    models.Index(
                        condition=models.Q(("suspended__isnull", False)), fields=["suspended"],
                        name="erasure_suspended",
                    ),
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
