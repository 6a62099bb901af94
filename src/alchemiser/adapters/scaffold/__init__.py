"""New strategy packages, written from templates."""
