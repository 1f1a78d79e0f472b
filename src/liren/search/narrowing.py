"""Narrows a list of records by words: Chinese ones through the index, wherever they stand in a public field.

A list asks for one kind and keeps its own order, so this gives a condition and no hits. Numbers and Latin words are the
list's own to look for: it finds them in the middle of a number, too.
"""

import re
from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from .matching import every_key, holding_all
from .models import Entry
from .spelling import phrases

#: A word of Chinese characters alone.
_WRITTEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
#: More records than this are not taken out of the full-text table of SQLite.
MOST = 5000


def is_written(word: str) -> bool:
    """Whether the index finds a word wherever it stands."""
    return _WRITTEN.fullmatch(word) is not None


def holding(words: Sequence[str], *, kind: str) -> Q | None:
    """The condition that a record of the kind holds all words; None where too many do for it to help."""
    asked = phrases(" ".join(words))
    if connection.vendor != "sqlite":
        rows = holding_all(asked, Entry.objects.filter(record__kind=kind))
        return Q(pk__in=rows.values("record_id"))
    keys = every_key(asked, kind=kind, most=MOST)
    return None if keys is None else Q(pk__in=Entry.objects.filter(key__in=keys).values("record_id"))
