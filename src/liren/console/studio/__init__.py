"""The report studio: a report's text is worded here, looked at with its numbers, issued, and compared."""
