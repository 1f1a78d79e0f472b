"""The tamper-evident chain over all acts."""
