"""Proving the controls: an order that breaks each, and its refusal."""
