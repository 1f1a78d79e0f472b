"""Plays packs/*/story.md: test, demo and handbook chapter in one."""
