"""PostgreSQL for short writes: Django's backend with statements that the server keeps ready (see base.py)."""
