"""Finding records by their words, and places, units and persons by their names."""
