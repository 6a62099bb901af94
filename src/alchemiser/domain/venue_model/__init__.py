"""How a venue matches, slips and charges; all random draws are passed in."""
