"""Liren (里仁): what happens in a county's work, kept as records, counted by declared figures."""

__version__ = "0.1.0"
