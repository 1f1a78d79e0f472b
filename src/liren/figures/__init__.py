"""Counting records: periods, figures, their evidence, and readings."""
