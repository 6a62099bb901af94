"""What is recorded, how records are chained, and how they fold to state."""
