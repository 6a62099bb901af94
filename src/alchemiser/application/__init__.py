"""Use cases: what the engine does, in the order in which it does it."""
