"""The site at a fixed moment, so that pictures and journeys of tomorrow are those of today.

`python -m tests.browser.frozen PORT` is what `liren serve` is, with the clock of the house stopped at MOMENT: the end
of the demo's last year. What goes by real time (sessions, signed cookies) still does.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime

from liren.packs.fields import CHINA

MOMENT = datetime(2023, 12, 21, 9, 30, tzinfo=CHINA)


def application(environ, start_response):
    """The WSGI application of the house, asked at MOMENT."""
    from liren.clock import at_time
    from liren.wsgi import application as house

    with at_time(MOMENT):
        return house(environ, start_response)


def main(port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    import django

    django.setup()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from liren.database.migrating import migrate

    migrate()
    Granian(
        "tests.browser.frozen:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        blocking_threads=2, workers_kill_timeout=5, websockets=False, log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
