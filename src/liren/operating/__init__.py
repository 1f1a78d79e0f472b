"""What operators look at while the house runs: whether it lives, whether it is ready, its measures and its log."""
