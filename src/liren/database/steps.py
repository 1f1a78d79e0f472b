"""Steps of the database's structure that leave a grown table usable while they are taken."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexBeside(AddIndexConcurrently):
    """An index made beside the writing that goes on; its migration says ``atomic = False``.

    PostgreSQL makes it CONCURRENTLY; SQLite knows no such thing and makes it as usual, which takes the writers'
    lock for as long as it lasts.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        quiet = schema_editor.connection.vendor == "postgresql"
        way = AddIndexConcurrently if quiet else AddIndex
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        quiet = schema_editor.connection.vendor == "postgresql"
        way = AddIndexConcurrently if quiet else AddIndex
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)
