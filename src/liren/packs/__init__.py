"""The pack language: what a pack may say, reading it, linting it, conditions, a county's own changes.

This room imports neither Django nor any other room of the house: a pack can be read, checked and
turned into a JSON Schema on a machine that has no database.
"""
