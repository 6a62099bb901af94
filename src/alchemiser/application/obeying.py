"""Whom the work on a plan obeys."""

from enum import StrEnum


class Obeying(StrEnum):
    """What stops the work on a plan."""

    EVERYTHING = "everything"
    """What the journal says and what the owner's brake says."""
    THE_BRAKE = "the brake"
    """Only a halt of the owner's: a breaker has halted trading and closes what is held."""
    NOTHING = "nothing"
    """The owner has pulled the brake and closes what is held."""

    def may_add(self) -> bool:
        """Say whether purchases may add to what is held: all others only cover short positions."""
        return self is Obeying.EVERYTHING
