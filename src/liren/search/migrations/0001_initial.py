"""The tables of the search room; on SQLite the full-text table, on PostgreSQL its indexes."""

import django.db.models.deletion
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, migrations, models
from django.db.models import Q

# Contentless: the words stand in search_entry already. The tokenizer takes blanks as the only borders (the
# house spells every text itself): its table of Unicode would be as old as the SQLite at hand, and would
# drop characters it does not know.
LETTERS = """
    CREATE VIRTUAL TABLE search_letters
    USING fts5(body, scope, content='', tokenize="ascii tokenchars './_'")
"""
# The characters of a text, each once, as an array: an index of single characters that knows no language.
SIGNS = "CREATE INDEX search_entry_signs ON search_entry USING gin (string_to_array(text, NULL))"


def make(_apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        try:
            schema_editor.execute(LETTERS)
        except DatabaseError as fault:
            if "fts5" not in str(fault):
                raise
            raise ImproperlyConfigured(
                f"This SQLite has no full-text search ({fault}). To mend: use a Python whose sqlite3 was "
                "built with FTS5, as Debian's and python.org's are, or PostgreSQL (LIREN_DATABASE_URL)."
            ) from fault
        return
    schema_editor.execute(SIGNS)


def unmake(_apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_letters")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("places", "0001_initial"),
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("scope", models.CharField(max_length=160)),
                ("record", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.record")),
            ],
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("text", models.CharField(max_length=200)),
                ("initials", models.CharField(db_index=True, max_length=80)),
                ("sound", models.CharField(db_index=True, max_length=480)),
                ("place", models.CharField(db_index=True, max_length=15)),
                ("of_person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person")),
                ("of_place", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.place")),
                ("of_unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.unit")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(of_place__isnull=False, of_unit__isnull=True, of_person__isnull=True)
                        | Q(of_place__isnull=True, of_unit__isnull=False, of_person__isnull=True)
                        | Q(of_place__isnull=True, of_unit__isnull=True, of_person__isnull=False),
                        name="search_name_of_one",
                    )
                ],
            },
        ),
        migrations.RunPython(make, unmake),
    ]
