"""The portal: what residents read, report, join and sign up for, without an account and without a script."""
