"""Administration: people, posts, units, places, the calendar, the trail. Each page for the administrator it fits."""
