"""allauth's way of signing in; the account of every request is asked for in a statement that is written once."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from liren.database.prepared import Prepared

from .hashing import even_out

#: With the person whose account it is: every page asks for both.
_ACCOUNT = Prepared(
    lambda key: get_user_model()._default_manager.filter(pk=key).select_related("person"),
    int,
    by_key=True,
)


class Accounts(AuthenticationBackend):
    """An account that was closed or taken away counts at once: nothing is remembered between two requests."""

    def get_user(self, user_id):
        user = _ACCOUNT.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def _check_password(self, user, password):
        found = super()._check_password(user, password)
        if user is not None and found is None:
            even_out(password, user.password if user.has_usable_password() else None)
        return found

    def _mitigate_timing_attack(self, password):
        super()._mitigate_timing_attack(password)
        even_out(password, None)
