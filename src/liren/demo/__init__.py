"""Builds the demo counties through the same actions the faces use."""
