"""``liren tick``: once, what is due is done and said."""


def test_tick_does_what_is_due_and_says_so(liren):
    done = liren("tick")
    assert done.returncode == 0, done.stderr
    assert "记下 0 件过了时限的事" in done.stdout


def test_tick_twice_changes_nothing(liren):
    assert liren("tick").stdout == liren("tick").stdout
