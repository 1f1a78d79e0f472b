"""Builds the demo at the moment at which it is shown: `python -m tests.browser.building`, in the home of LIREN_HOME.

The cast's day is made around the moment of building; built today and shown two years ago, it would lie in the future.
"""

import sys

from liren.clock import at_time
from liren.demo.__main__ import run
from tests.browser.frozen import MOMENT

if __name__ == "__main__":
    with at_time(MOMENT):
        sys.exit(run())
