"""Questions, papers, draws, attempts and marking."""
