"""Child processes for free-form strategies: what runs in one cannot reach the engine."""
