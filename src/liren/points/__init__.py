"""Points and hours as double-entry postings between accounts; never negative, never for conduct."""
