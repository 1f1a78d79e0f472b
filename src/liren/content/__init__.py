"""Editions: what was published where."""
