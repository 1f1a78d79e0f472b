"""Private data as the law asks: kept no longer than said, erased on request, under keys that are renewed."""
