"""Places and units of a county; the working-day calendar and time limits."""
