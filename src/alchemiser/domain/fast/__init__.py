"""The fast engine: past sessions as arrays, by the rules of planning and books, in float64."""
