"""Reports as values: what a reader is told, before anything is drawn."""
