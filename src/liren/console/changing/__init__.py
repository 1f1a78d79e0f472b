"""The county's own changes of a pack, made by form: a path, a new value, and why."""
