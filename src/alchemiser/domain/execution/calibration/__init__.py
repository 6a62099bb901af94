"""What recorded fills say about the venue model's settings and about how to work orders."""
