"""Boards: all figures of a pack for a place and a period on one page."""
