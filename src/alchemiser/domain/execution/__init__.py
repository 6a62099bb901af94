"""The conversation with a venue as a synchronous state machine."""
