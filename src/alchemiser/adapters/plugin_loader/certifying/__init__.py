"""Processes in which a strategy that asks to be certified is tried and watched."""
