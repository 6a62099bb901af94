"""Questions that are asked of past prices alone: nothing here decides a trade."""
