"""The county's own changes of its packs: made, withdrawn, listed. Kept in var/changes.yaml, with who, when and why."""
