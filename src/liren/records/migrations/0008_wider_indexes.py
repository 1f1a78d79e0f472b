"""Wider indexes: what lists pass over and what figures count is found in them, without reading the rows."""

from django.db import migrations, models

from liren.database.steps import AddIndexBeside

WIDER = {
    "record_opened": ["kind", "opened", "place", "state"],
    "record_closed": ["kind", "closed", "place", "state", "late_count"],
    "record_state": ["kind", "state", "opened", "place"],
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0007_around")]

    operations = [
        step
        for name, fields in WIDER.items()
        for step in (
            migrations.RemoveIndex(model_name="record", name=name),
            AddIndexBeside(model_name="record", index=models.Index(fields=fields, name=name)),
        )
    ]
