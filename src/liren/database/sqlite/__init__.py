"""SQLite for many writers: Django's backend with a queue before the write lock (see base.py)."""
