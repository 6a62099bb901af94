"""The driving side, thin."""
