"""Residents who are told of a matter's news by phone or mail, without an account."""
