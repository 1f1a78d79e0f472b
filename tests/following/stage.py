"""A gateway that keeps what it would send, and addresses that have said yes."""

import re

from liren.clock import now
from liren.following.actions import follow_code_make, follow_code_take, follow_confirm, follow_start
from liren.following.models import Follow
from liren.following.queries import confirm_token

PHONE = "13800001234"


class Gateway:
    """A county's own sender, as LIREN_SMS may name one."""

    sent: list[tuple[str, str]] = []
    codes: list[tuple[str, str]] = []
    broken = False

    def __init__(self, told):
        pass

    def send(self, phone, code, minutes):
        from liren.notices.sms import SmsFailed

        if Gateway.broken:
            raise SmsFailed("the gateway answered 503")
        assert minutes == 5
        self.codes.append((phone, code))

    def tell(self, phone, news):
        self.sent.append((phone, news["text"]))


def told(record, *, address, by, **more) -> Follow:
    """An address that follows a record, and has said yes itself."""
    follow = follow_start(record, address=address, by=by, **more)
    if follow.way == "mail":
        assert follow_confirm(confirm_token(follow, now()))
    else:
        assert follow_code_take(follow, follow_code_make(follow, at=now()), at=now())
    return follow


def form_of(page: str) -> str:
    """Where the code of the message is sent to."""
    return re.search(r'action="(/p/mine/[^"]+/follow/\d+/)"', page)[1]
