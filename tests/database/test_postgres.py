"""What is PostgreSQL's own: statements that the server keeps ready, and a connection that is asked nothing while idle."""

import pytest
from django.db import connection

from liren import database
from liren.database.statements import row
from liren.people.queries import persons_by_id

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="another database's way"),
]
READY = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"


def ready(words: str) -> int:
    """How many statements with these words the server keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute(READY, [f"%{words}%"])
        return cursor.fetchone()[0]


def test_what_looks_rows_up_by_their_keys_is_kept_ready_by_the_server(cast):
    for _ in range(3):
        assert persons_by_id([cast.dispatcher.pk]) == {cast.dispatcher.pk: cast.dispatcher}
    prepares = connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    assert (ready("people_person") > 0) is prepares


def test_who_borrows_a_connection_for_one_transaction_finds_nothing_ready_there():
    options = database.from_url("postgresql://a@b/c?pooler=transaction", home=None)["OPTIONS"]
    assert "prepare_threshold" not in options


def test_an_idle_connection_is_asked_nothing_and_one_that_the_server_ended_is_noticed():
    if "prepare_threshold" not in connection.settings_dict["OPTIONS"]:
        pytest.skip("the pooler ends its own connections and keeps ours")
    other = connection.copy("other")
    try:
        with other.ready_cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            process = cursor.fetchone()[0]
        assert other.is_usable()
        asked = row("SELECT query FROM pg_stat_activity WHERE pid = %s", process)
        assert asked == ("SELECT pg_backend_pid()",), "nothing since"
        assert row("SELECT pg_terminate_backend(%s, 5000)", process) == (True,)
        assert not other.is_usable()
    finally:
        other.close()
