"""Questions that are asked of the past, and what of it may be seen before one chooses."""
