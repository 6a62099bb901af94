"""Where bars are kept as they were seen."""
