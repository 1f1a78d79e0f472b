"""Django's sessions in the database, asked for by every page in a statement that is written once.

Nothing is remembered between two requests: a session that was ended counts at once. A sign-in ends when nothing was
asked for a while, and for good after a day's work; where somebody asked to stay signed in (or came by passkey, phone or
another house, in hands that hold the proof), after two weeks from the sign-in, whatever was done meanwhile.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.db import DatabaseError
from django.utils import timezone

from liren.database.prepared import Prepared

#: The word in a session under which the moment of signing in is kept: seconds since 1970.
SINCE = "signed_in_since"
#: How long a sign-in holds at most: until the browser closes, and where one stays signed in.
DAYS_WORK, LONGEST = timedelta(hours=12), timedelta(days=14)

_KEPT = Prepared(lambda key: SessionStore.get_model_class().objects.filter(session_key=key), str, by_key=True)


class SessionStore(db.SessionStore):
    """What SESSION_ENGINE asks for."""

    def load(self) -> dict[str, Any]:
        found = self._get_session_from_db()
        if found is None:
            return {}
        said = self.decode(found.session_data)
        end = _end(said)
        # Not with every page: a tenth of the time late, which is what it may end too early by.
        if end is not None and end - found.expire_date > _idle() / 10:
            self._keep(end)
        return said

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        end, latest = super().get_expiry_date(**kwargs), _end(self._session)  # type: ignore[attr-defined]
        return end if latest is None else min(end, latest)

    def _get_session_from_db(self):
        found = _KEPT.first(self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found

    def _keep(self, end: datetime) -> None:
        from . import actions

        try:
            actions.session_kept(str(self.session_key), until=end)
        except DatabaseError:
            return  # a full disk: who reads goes on reading until the time is over


def _end(said: dict[str, Any]) -> datetime | None:
    """When a sign-in ends that is used now; None where nobody signed in."""
    since = said.get(SINCE)
    if since is None:
        return None
    began = datetime.fromtimestamp(since, UTC)
    if said.get("_session_expiry") != 0:  # stays when the browser is closed
        return began + LONGEST
    return min(timezone.now() + _idle(), began + DAYS_WORK)


def _idle() -> timedelta:
    return timedelta(minutes=settings.LIREN_IDLE_MINUTES)
