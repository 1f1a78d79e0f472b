"""Writing, citing, freezing and checking reports."""
