"""A plugin whose strategy does whatever its parameter says, and a way to run it."""

from typing import Final

SOURCE: Final = """
import os, signal, socket, subprocess, sys, threading, time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
import numpy as np
from alchemiser.plugins import Requirements, StrategySpec, TargetPortfolio, UndecidedError, hookimpl

@dataclass(frozen=True)
class Params:
    does: str = "hold"
    built: str = "0"
    place: str = ""

class Custom(BaseException):
    pass

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("speechless")

class Odd:
    requirements = Requirements((("AGG", 1), ("SPY", 3)))
    largest_weights = {}

    def __init__(self, params):
        self.params = params
        self.calls = 0
        self.kept = []

    def target(self, view):
        self.calls += 1
        space = dict(globals(), self=self, view=view, hold=TargetPortfolio.of({"SPY": 1}))
        exec(self.params.does, space)
        return space["hold"]

def build(params):
    exec(params.built, globals() | {"params": params})
    return Odd(params)

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="odd", summary="Does it.", params=Params, build=build)]
"""
