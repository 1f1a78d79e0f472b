"""The command line `liren …`: a face for operators, scripts and tests."""
