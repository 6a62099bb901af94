"""Prices: bars, quotes, the data gate, causal indicators and the point-in-time view."""
