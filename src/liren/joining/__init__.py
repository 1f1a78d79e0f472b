"""Residents who join a matter that somebody else reported."""
