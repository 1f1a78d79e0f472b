"""Who is told what, how."""
