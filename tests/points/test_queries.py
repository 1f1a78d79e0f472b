"""What a person has and how it came; nobody else's is in it."""

from liren.points.queries import balances, moves
from liren.records.actions import record_step
from tests.cast import Cast, moment
from tests.matters import closed_event


def test_balance_and_moves_are_ones_own(cast: Cast):
    first = closed_event(cast)
    second = closed_event(cast, title="井盖")
    record_step(second, "reward", by=cast.grid_member, at=moment("2024-03-07 09:00"))
    assert balances(cast.grid_member) == {"points": 7}
    told = [(move.amount, move.record.number) for move in moves(cast.grid_member, 10)]
    assert told == [(-3, second.number), (5, second.number), (5, first.number)]
    assert balances(cast.dispatcher) == {}
    assert moves(cast.dispatcher, 10) == []


def test_pages_go_on_from_the_last_move(cast: Cast):
    for _ in range(3):
        closed_event(cast)
    first = moves(cast.grid_member, 2)
    rest = moves(cast.grid_member, 2, before=first[-1].pk)
    assert len(first) == 2
    assert len(rest) == 1
    assert rest[0].pk < first[-1].pk
