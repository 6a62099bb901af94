"""One day's decision as one pure function."""
