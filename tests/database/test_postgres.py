"""What is PostgreSQL's own: statements that the server keeps ready, and a connection that is asked nothing while idle."""

from dataclasses import replace

import pytest
from django.db import connection

from liren import database
from liren.clock import now
from liren.database.prepared import ByKeys
from liren.database.statements import row
from liren.people.models import Person, Post
from liren.people.queries import persons_by_id
from liren.people.visibility import viewer_of
from liren.records.waiting import kinds_waiting

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="another database's way"),
]
READY = "SELECT coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0), count(*) FROM pg_prepared_statements"


def ready(words: str) -> tuple[int, int, int]:
    """Of the statements with these words that the server keeps for this connection: how often each was carried out by
    the plan that is kept and by one of its own, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(f"{READY} WHERE statement LIKE %s", [f"%{words}%"])
        return cursor.fetchone()


def prepares() -> bool:
    """Whether the server is asked to keep any: not where a connection is borrowed for one transaction."""
    return connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None


def test_what_looks_rows_up_by_their_keys_is_kept_ready_by_the_server(cast):
    for _ in range(3):
        assert persons_by_id([cast.dispatcher.pk]) == {cast.dispatcher.pk: cast.dispatcher}
    by_kept, by_own, _count = ready("people_person")
    assert (by_kept > 0) is prepares()
    assert by_own == 0, "it is planned once"


def test_rows_by_their_keys_are_one_statement_however_many_keys_there_are(cast):
    asked = ByKeys(lambda keys: Person.objects.filter(pk__in=keys).order_by("pk"))
    keys = [cast.dispatcher.pk, cast.handler.pk, cast.leader.pk]
    for some in (keys, keys[:1], keys[:2], keys):
        assert [one.pk for one in asked(some)] == sorted(some)
    assert ready("= ANY($1)") == ((3, 0, 1) if prepares() else (0, 0, 0)), "from the second time on"


def test_what_waits_is_one_statement_however_many_places_one_works_at(cast):
    here = viewer_of(cast.dispatcher, now())
    (post,) = here.posts
    there = Post(person=cast.dispatcher, role=post.role, place=cast.other_street, starts=post.starts)
    both = replace(here, posts=(post, there))
    for viewer in (here, both, here, both):
        kinds_waiting(viewer)
    assert ready("unnest(") == ((3, 0, 1) if prepares() else (0, 0, 0))


def test_who_borrows_a_connection_for_one_transaction_finds_nothing_ready_there():
    options = database.from_url("postgresql://a@b/c?pooler=transaction", home=None)["OPTIONS"]
    assert "prepare_threshold" not in options


def test_an_idle_connection_is_asked_nothing_and_one_that_the_server_ended_is_noticed():
    if not prepares():
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
