"""Immutable values that every other layer of the domain speaks in."""
