"""Forms made from packs: the opening of a record and each of its steps, for all three faces."""
