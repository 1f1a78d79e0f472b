"""Measures, fonts and styles of the Word layouts."""
