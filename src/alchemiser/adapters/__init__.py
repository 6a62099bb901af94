"""The driven side: one folder for each outside thing; folders never import one another."""
