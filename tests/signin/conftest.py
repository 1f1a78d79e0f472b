"""Fixtures of the sign-in tests."""

import pytest

from tests.signin.stage import Accounts, Outbox


@pytest.fixture
def outbox(settings):
    settings.LIREN_SMS = "tests.signin.stage.Outbox"
    Outbox.sent, Outbox.broken = [], False
    return Outbox


@pytest.fixture
def accounts():
    return Accounts()


@pytest.fixture
def lilei(cast, accounts):
    """The grid member's account; its password is PASSWORD."""
    return accounts("lilei", cast.grid_member, email="lilei@example.org")
