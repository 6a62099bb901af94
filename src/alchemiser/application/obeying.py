"""Whom the work on a plan obeys."""

from enum import StrEnum


class Obeying(StrEnum):
    """What stops the work on a plan."""

    EVERYTHING = "everything"
    """What the journal says and what the owner's brake says."""
    THE_BRAKE = "the brake"
    """Only the owner's brake: a breaker has halted trading and sells what is held."""
    NOTHING = "nothing"
    """The owner has pulled the brake and sells what is held."""
