"""Attendance: who was expected, who came, who did not and why, for how long."""
