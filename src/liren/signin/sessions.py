"""Django's sessions in the database, asked for by every page in a statement that is written once.

Nothing is remembered between two requests: a session that was ended counts at once.
"""

from django.contrib.sessions.backends import db
from django.utils import timezone

from liren.database.prepared import Prepared

_KEPT = Prepared(lambda key: SessionStore.get_model_class().objects.filter(session_key=key), str, by_key=True)


class SessionStore(db.SessionStore):
    """What SESSION_ENGINE asks for."""

    def _get_session_from_db(self):
        found = _KEPT.first(self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
