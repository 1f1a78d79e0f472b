"""Persons, the posts they hold, what they may see, and their private data."""
