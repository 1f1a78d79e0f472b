"""The site as a WSGI application, for granian (`liren serve`) or any other WSGI server."""

import gc
import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
application = get_wsgi_application()


def _settle() -> None:
    """Load what every page needs before the first one asks, and keep Python's collector from looking through it again.

    Packs, pages and models are half a million objects that stay for good; a page leaves few rings behind, since nearly
    all of it goes when it is no longer held. Measured: a tenth of the processor time of a write, no more memory.
    """
    from django.urls import get_resolver

    from liren.inforce import catalogue
    from liren.packs.findings import PackRefused

    with suppress(PackRefused):  # the pages say what is wrong, and `liren doctor` too
        catalogue()
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 10)


_settle()
