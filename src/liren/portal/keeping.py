"""The first page's middle, kept in memory: at one place everybody sees the same until something is written.

Whether something was, the head of the trail says: every write of a record moves it. What has no act (a name, an
hour that strikes) is at most a minute late.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from django.utils.translation import get_language

from liren.clock import now
from liren.places.models import Place
from liren.trail.queries import head_hash

#: Pages kept by one process, of some ten kilobytes each.
MOST = 300
_kept: OrderedDict[tuple[str, str, str, int], str] = OrderedDict()


def kept(place: Place | None, make: Callable[[], str]) -> str:
    """What ``make`` made for this place and language since the last write, else made now."""
    key = (place.code if place else "", get_language() or "", head_hash(), int(now().timestamp() // 60))
    text = _kept.get(key)
    if text is None:
        text = _kept[key] = make()
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return text
