"""What I was told, and how I like to be told. Looking at it is noted nowhere."""
