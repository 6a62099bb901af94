"""The kernel of the fast engine, compiled."""
