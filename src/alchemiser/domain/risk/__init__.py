"""Limits, gates and trading states; everything fails closed."""
