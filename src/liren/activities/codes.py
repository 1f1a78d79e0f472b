"""The code on the organiser's screen: signed by this site, for one activity, and soon worthless.

Who scans it stands where the screen is. It says only which activity it is for; who came is whoever signs in and
opens it. A photograph of it sent to a friend has expired before it arrives.
"""

from django.core import signing
from django.utils.translation import gettext as _

from liren.refusals import Refusal

from .models import Record

#: How long a code opens, in seconds; the screen shows a new one well before that.
LIVES = 300
RENEWED = 120
_SALT = "liren.activities.code"


def code_make(record: Record) -> str:
    """A code for an activity, good for ``LIVES`` seconds; short, so that the squares are large."""
    return signing.TimestampSigner(salt=_SALT).sign(str(record.pk))


def code_read(code: str) -> int:
    """The record's primary key. Raises Refusal: bad_value for a code that is not ours or too old."""
    try:
        return int(signing.TimestampSigner(salt=_SALT).unsign(code, max_age=LIVES))
    except signing.SignatureExpired:
        reason = _("这个码已经过期；请扫组织者屏幕上现在的码")
    except (signing.BadSignature, ValueError):
        reason = _("这不是本站的签到码；请扫组织者屏幕上的码")
    raise Refusal("bad_value", field="签到码", reason=reason)
