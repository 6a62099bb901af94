"""A strategy that asks to be certified: its code, and the processes in which it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateId:
    """Say what is tried.

    Attributes:
        strategy: The plugin's name of it, or the tree's.
        plugin: The distribution or module that offers it.
        version: The distribution's version, or "".
        content_hash: SHA-256 of sources, parameters and the files that these name.
    """

    strategy: str
    plugin: str
    version: str
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """Hold one file of a plugin; `name` is its path below the package."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Say in what surroundings a process works.

    Attributes:
        hash_seed: What the order of sets depends on.
        elsewhere: Whether folder, environment, time zone, language and the clock are others.
    """

    hash_seed: int = 0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Tell what a process found when it had built the strategy.

    Attributes:
        tree: The rule tree, or None of free-form code.
        requirements: What it declares to read or hold.
        largest_weights: What it declares to hold of one symbol of a class at most.
        impure: What it did that a strategy may not, one sentence's end each.
        changed: What it changed of what it shares with the engine.
        unsteady: What differed when it was built a second time, or is not what it seems.
    """

    tree: Node | None
    requirements: Requirements
    largest_weights: Mapping[AssetClass, Decimal] = field(default_factory=dict)
    impure: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Tell what memory a process takes, in bytes.

    Attributes:
        kept: Of its Python objects; counted from the first question on.
        peak: The most it ever took, beyond what it took when the strategy had been built.
    """

    kept: int = 0
    peak: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Tell what came of one question.

    Attributes:
        outcomes: What the strategy answered, once for each time it was asked.
        reads: The symbols it read by name.
        impure: What it did that a strategy may not, one sentence's end each.
        changed: What it changed of its input or of what it shares with the engine.
        seconds: How long the answer took, for each time it was asked.
    """

    outcomes: tuple[StrategyOutcome, ...]
    reads: tuple[Symbol, ...] = ()
    impure: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    seconds: float = 0.0


class Process(Protocol):
    """Ask the strategy in one process, which watches what it does."""

    def describe(self) -> Description:
        """Return what there is.

        Raises:
            PluginError: When the strategy cannot be built.
        """

    def follow(self, panel: BarPanel, row: int) -> Told:
        """Ask as trading does: of `panel` nothing after `row` reaches the process.

        Rows must not fall from question to question.
        """

    def show(self, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False) -> Told:
        """Ask as of `row` of a panel that lies in the process with all its later rows.

        The view still ends with `row`; what lies behind is there for those who look for it.

        Args:
            panel: The bars.
            row: The session asked about.
            times: How often the same question is asked.
            fresh: Whether the strategy is built anew before.
        """

    def memory(self) -> Memory:
        """Return what memory it takes."""

    def close(self) -> None:
        """End the process."""


class CandidatePort(Protocol):
    """Try one strategy in as many processes as are wanted."""

    def identity(self) -> CandidateId:
        """Return what is tried.

        Raises:
            PluginError: When it is not installed.
        """

    def sources(self) -> tuple[SourceFile, ...]:
        """Return the plugin's own files, sorted; none of a tree that no plugin made."""

    def start(self, surroundings: Surroundings) -> Process:
        """Return a process, which starts when it is first asked."""
