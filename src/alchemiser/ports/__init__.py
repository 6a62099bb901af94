"""What the application needs from the outside: protocols only, one concern a file, no logic."""
