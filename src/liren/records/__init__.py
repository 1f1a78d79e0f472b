"""Record, Act, File, Link: everything that happens or stands, and how it changes."""
