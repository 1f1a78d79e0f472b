"""Kills, fills and cuts off a running county, and counts what was promised. `python -m tests.torture --help`."""
