"""Django's PostgreSQL backend, and a second kind of cursor: what it asks is read and planned by the server once.

Django puts the values into each statement itself, so that the server reads and plans every one anew: measured, twice
the processor time of a statement that looks a row up by its key, on both sides of the line. `ready_cursor` leaves the
values beside the words (PREPARE). It is for statements that find rows by equal keys: the plan no longer knows the
values, and a list that is narrowed by many columns wants them known.
"""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.psycopg_any import register_tzloader
from psycopg.pq import Format

#: Statements that the server keeps ready for a connection; psycopg's hundred are fewer than a site asks.
READY = 300
Database = base.Database  # type: ignore[attr-defined]


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, which shows what was asked with its values, of a ready cursor too."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """For the log of statements that tests and developers read."""
        if isinstance(cursor, base.ServerBindingCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    ops_class = DatabaseOperations

    def _configure_connection(self, connection: Any) -> bool:
        """Django's; and where statements are kept ready, they are planned once, for whatever values.

        By a statement and not as an option at the beginning: PgBouncer turns away options it was not told of.
        """
        commit = super()._configure_connection(connection)  # type: ignore[misc]
        if connection.prepare_threshold is None:
            return commit
        connection.prepared_max = READY
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return True

    def ready_cursor(self) -> Any:
        """A cursor whose statements are prepared once they are asked again (OPTIONS: prepare_threshold)."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor: Any = base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]
            # As Django's own cursors: moments come in the time zone of the settings.
            loader: Any = self.connection.adapters.get_loader(base.TIMESTAMPTZ_OID, Format.TEXT)
            if loader.timezone != self.timezone:
                register_tzloader(self.timezone, cursor)
            return self._prepare_cursor(cursor)  # type: ignore[attr-defined]

    def is_usable(self) -> bool:
        """Whether the connection still holds, asked before every request: without a question to the server.

        A server that stops, or ends a connection, says so unasked; only where something came is it asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        came = select.poll()
        came.register(self.connection.fileno(), select.POLLIN)
        return not came.poll(0) or super().is_usable()
