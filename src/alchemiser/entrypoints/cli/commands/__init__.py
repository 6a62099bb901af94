"""What each command does: settings in, a use case, an answer out."""
