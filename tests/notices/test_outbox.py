"""The outbox: done once inward, at least once outward, whatever dies in between; and what fails for good is listed."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from django.db import connection, transaction

from liren.notices import actions
from liren.notices.actions import LEASE, MOST_TRIES, WORK, Work, deliver, job_add, jobs_revive
from liren.notices.models import Job
from liren.notices.queries import dead_letters, waiting
from liren.places.actions import place_add
from liren.places.models import Place
from tests.cast import moment

NOW = moment("2024-03-05 09:00")


@pytest.fixture
def work(monkeypatch):
    """`work(name, act, inward=…)` teaches the worker something for one test."""

    def teach(name, act, **more):
        monkeypatch.setitem(WORK, name, Work(act, **more))

    return teach


def add(name="probe", key="k", due=NOW, **payload):
    return job_add(name, payload, key=key, due=due)


def test_a_job_is_done_once_and_emptied(db, work):
    seen = []
    work("probe", lambda job: seen.append(job.payload["n"]))
    assert add(n=1, key="a") is True
    assert add(n=2, key="a") is False  # the same key again
    assert add(n=3, key="b", due=NOW + timedelta(seconds=1)) is True
    assert deliver(NOW).done == 1
    assert deliver(NOW).done == 0
    assert deliver(NOW + timedelta(seconds=1)).done == 1
    assert seen == [1, 3]
    assert add(n=4, key="a") is False  # nor after it was done
    assert [job.payload for job in Job.objects.all()] == [{}, {}]


def test_a_job_belongs_to_the_transaction_that_enters_it(db, work):
    work("probe", lambda job: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        add()
        _ = 1 / 0
    assert not Job.objects.exists()


def test_only_known_work_is_entered(db):
    with pytest.raises(AssertionError, match="nobody knows"):
        add("unknown")


def test_a_round_does_no_more_than_it_is_told(db, work):
    work("probe", lambda job: None)
    for number in range(5):
        add(key=str(number))
    assert [deliver(NOW, most=2).done for _ in range(4)] == [2, 2, 1, 0]


def test_a_job_that_fails_is_tried_later_and_later_and_listed_in_the_end(db, work):
    def refuse(job):
        raise OSError("没有应答")

    work("probe", refuse)
    add(n=1)
    at, gaps = NOW, []
    for attempt in range(MOST_TRIES):
        told = deliver(at)
        assert (told.failed, told.died) == ((1, 0) if attempt < MOST_TRIES - 1 else (0, 1))
        assert deliver(at + timedelta(seconds=59)).failed == 0
        job = Job.objects.get()
        if job.died is None:
            gaps.append((job.due - at) // timedelta(minutes=1))
            at = job.due
    assert gaps == [1, 4, 16, 64, 256, 360, 360]
    (letter,) = dead_letters()
    assert (letter.key, letter.tries, letter.fault, letter.died) == ("k", MOST_TRIES, "OSError: 没有应答", at)
    assert letter.payload == {"n": 1}  # for whoever mends it
    assert waiting(at) == {"lines": 0, "jobs": 0, "dead": 1}
    assert deliver(at + timedelta(days=9)).failed == 0


def test_a_dead_letter_can_be_tried_again(db, work):
    outcomes = iter([OSError("weg"), None])

    def act(job):
        if (outcome := next(outcomes)) is not None:
            raise outcome

    work("probe", act)
    add()
    Job.objects.update(tries=MOST_TRIES - 1)
    assert deliver(NOW).died == 1
    assert jobs_revive(at=NOW) == 1
    assert deliver(NOW).done == 1
    assert dead_letters() == []
    assert jobs_revive(at=NOW) == 0


def test_a_job_that_kills_every_worker_dies_too(db, work):
    """Nobody is left to note that it failed; so the lease itself counts as a try."""
    work("probe", lambda job: None)
    add()
    at = NOW
    for _ in range(MOST_TRIES):
        assert actions._take(at) is not None  # and that was the last anybody heard of this worker
        at += LEASE
    assert actions._take(at) is None
    assert [job.key for job in dead_letters()] == ["k"]


def test_a_taken_job_is_nobody_elses_until_its_lease_is_over(db, work):
    work("probe", lambda job: None)
    add()
    assert actions._take(NOW).key == "k"
    assert actions._take(NOW + LEASE - timedelta(seconds=1)) is None
    assert actions._take(NOW + LEASE).key == "k"


def test_who_took_too_long_changes_nothing(db, work):
    """The slow worker finds its job taken over: what it did in the database is undone, its end not noted."""

    def slow(job):
        place_add(code="990150", name="清河县", kind="county")
        job.tries -= 1  # the row counts one try more than this worker knows of: somebody else took it

    work("probe", slow, inward=True)
    add()
    assert deliver(NOW).failed == 1
    assert not Place.objects.exists()
    job = Job.objects.get()
    assert (job.done, job.fault, job.leased) == (None, "", NOW + LEASE)


def test_inward_work_that_fails_leaves_nothing(db, work):
    def half(job):
        place_add(code="990150", name="清河县", kind="county")
        raise ValueError("half way")

    work("probe", half, inward=True)
    add()
    assert deliver(NOW).failed == 1
    assert not Place.objects.exists()


def test_waiting_for_nothing_takes_no_lock(db, django_assert_num_queries):
    """The tick asks every few seconds; who asks must not stand in the writers' queue."""
    with django_assert_num_queries(4) as asked:
        deliver(NOW)
    assert all(query["sql"].startswith("SELECT") for query in asked)


# -- real processes, really killed ------------------------------------------------------------------------

WORKER = """
    import sys, time
    import django
    django.setup()
    from datetime import datetime
    from liren.notices import actions
    from liren.notices.actions import WORK, Work, deliver
    from liren.places.actions import place_add

    def grow(job):
        place_add(code=job.payload["code"], name="县", kind="county")
        halt()

    def send(job):
        with open(job.payload["file"], "a") as file:
            file.write(job.key + "\\n")
        halt()

    def halt():
        if sys.argv[2] == "halt":
            print("in the middle", flush=True)
            time.sleep(600)

    WORK["grow"] = Work(grow, inward=True)
    WORK["send"] = Work(send)
    told = deliver(datetime.fromisoformat(sys.argv[1]))
    print(told.done, flush=True)
"""


def start(at, *, halting: bool) -> subprocess.Popen:
    """A worker in a process of its own, on the test's database."""
    settings = connection.settings_dict
    url = f"sqlite:///{settings['NAME']}?synchronous=off"
    if connection.vendor == "postgresql":
        url = f"postgresql://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    environment = os.environ | {"LIREN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "liren.settings"}
    command = [sys.executable, "-c", textwrap.dedent(WORKER), at.isoformat(), "halt" if halting else "go on"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def finish(worker: subprocess.Popen) -> int:
    out, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    return int(out)


def kill_in_the_middle(at) -> None:
    worker = start(at, halting=True)
    try:
        assert worker.stdout is not None and worker.stdout.readline() == "in the middle\n"
    finally:
        os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(timeout=60) == -signal.SIGKILL
    worker.stdout.close()


@pytest.fixture
def real_work(transactional_db, monkeypatch):
    """Names the child processes know how to do; here they are only entered."""
    for name in ("grow", "send"):
        monkeypatch.setitem(WORK, name, Work(lambda job: None))


def test_a_worker_killed_in_the_middle_is_done_again_exactly_once_inward(real_work):
    add("grow", "grow:1", code="990150")
    kill_in_the_middle(NOW)
    assert not Place.objects.exists()  # half of it is not there
    job = Job.objects.get()
    assert (job.done, job.tries, job.leased) == (None, 1, NOW + LEASE)
    assert finish(start(NOW + LEASE - timedelta(seconds=1), halting=False)) == 0
    assert finish(start(NOW + LEASE, halting=False)) == 1
    assert [place.code for place in Place.objects.all()] == ["990150"]
    assert finish(start(NOW + 2 * LEASE, halting=False)) == 0
    assert Job.objects.get().tries == 2


def test_a_worker_killed_after_sending_sends_again_under_the_same_key(real_work, tmp_path):
    """Nobody can know whether it was sent: at least once, never not at all."""
    sent = tmp_path / "sent"
    add("send", "send:1", file=str(sent))
    kill_in_the_middle(NOW)
    assert finish(start(NOW + LEASE, halting=False)) == 1
    assert sent.read_text().split() == ["send:1", "send:1"]
    assert finish(start(NOW + 2 * LEASE, halting=False)) == 0


def test_workers_at_once_do_each_job_once(real_work, tmp_path):
    sent = tmp_path / "sent"
    for number in range(40):
        add("send", f"send:{number}", file=str(sent))
    workers = [start(NOW, halting=False) for _ in range(3)]
    assert sum(finish(worker) for worker in workers) == 40
    assert sorted(sent.read_text().split()) == sorted(f"send:{number}" for number in range(40))
