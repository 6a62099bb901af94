"""Adapters that end with the process: for backtests and tests."""
