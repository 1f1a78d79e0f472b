"""What the pages of the portal show, made from records: plain values, nothing of Django's models."""
