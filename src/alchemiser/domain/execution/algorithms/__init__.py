"""Algorithms that work orders: pure functions from what has come of one to its next step."""
