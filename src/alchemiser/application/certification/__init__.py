"""Certification: what a strategy has to prove before it may trade real money."""
