"""Contract suites: what an adapter of each port must do, as test classes to subclass."""
