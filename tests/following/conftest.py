"""Fixtures of the tests of following: the gateway, and a matter a neighbour reported."""

import pytest

from tests.following.stage import Gateway
from tests.portal.conftest import county, event  # noqa: F401


@pytest.fixture
def gateway(settings, tmp_path, monkeypatch):
    from liren.notices import county as said

    monkeypatch.setattr(said, "county_file", lambda: tmp_path / "notices.yaml")
    settings.LIREN_SMS = "tests.following.stage.Gateway"
    settings.LIREN_MAIL_FROM = "liren@example.org"
    Gateway.sent, Gateway.codes, Gateway.broken = [], [], False
    return Gateway


@pytest.fixture
def matter(county):  # noqa: F811
    return event(county)
