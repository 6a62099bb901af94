"""What a strategy needs to see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alchemiser.domain.rules.choosing import Ranking, listed
from alchemiser.domain.rules.expressions import Compare, Metric
from alchemiser.domain.rules.logic import Lasting
from alchemiser.domain.rules.nodes import Asset, Node, WeightInverseVolatility, core
from alchemiser.domain.rules.terms import Term, postorder
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol


@dataclass(frozen=True, slots=True)
class Requirements:
    """Name the symbols a strategy reads or may hold, and how far back it looks.

    Attributes:
        lookbacks: Pairs of symbol and sessions needed, sorted by symbol, each once. 1 means only
            the present price.
    """

    lookbacks: tuple[tuple[Symbol, int], ...]

    @classmethod
    def of(cls, lookbacks: Mapping[str, int]) -> "Requirements":
        """Return the requirements of code that looks back so many sessions at each symbol.

        Args:
            lookbacks: Sessions by symbol, at least 1: the present one counts.

        Raises:
            InvalidValueError: When a name is no symbol, or a number is none.
        """
        needed = {symbol(name): sessions for name, sessions in lookbacks.items()}
        for name, sessions in needed.items():
            if type(sessions) is not int or sessions < 1:
                msg = f"{name} needs a whole number of sessions, at least 1, not {sessions!r}."
                raise InvalidValueError(msg)
        return cls(tuple(sorted(needed.items())))

    def symbols(self) -> tuple[Symbol, ...]:
        """Return the symbols, sorted."""
        return tuple([name for name, _ in self.lookbacks])


def lookback(metric: Metric) -> int:
    """Return how many sessions settle `metric`, the present one included.

    What remembers for ever (RSI, exponential means, average true range) takes 30 windows; a
    symbol that has not lived so long is shown from its first session.
    """
    return metric.lookback()


def requirements(tree: Node) -> Requirements:
    """Derive what `tree` reads and may hold, the streams of ranked groups included."""
    needed: dict[Symbol, int] = {}
    # How many sessions before the present one a term may be evaluated at: the deepest counts.
    ago: dict[Term, int] = {tree: 0}
    for term in reversed(postorder(tree)):
        for name, sessions in _reads(term):
            needed[name] = max(needed.get(name, 1), ago[term] + sessions)
        for part, sessions in _looks(term):
            ago[part] = max(ago.get(part, 0), ago[term] + sessions)
    return Requirements(tuple(sorted(needed.items())))


def stream_bars(bars: int) -> int:
    """Return how many sessions of a stream stand for `bars` closes; a stream starts with two."""
    return max(bars, 2)


def measures(node: Node) -> Metric | None:
    """Return what `node` measures of each of its items, or None when it measures nothing."""
    match node:
        case Ranking(by=by):
            return by
        case WeightInverseVolatility() if not node.is_alone():
            return node.volatility()
        case _:
            return None


def _reads(term: Term) -> Iterator[tuple[Symbol, int]]:
    match term:
        case Asset(name=name):
            yield name, 1
        case Compare():
            for metric in term.metrics():
                yield from (
                    (name, lookback(metric)) for name in (metric.subject(), *metric.others())
                )
        case Ranking(by=by):
            yield from ((name, lookback(by)) for name in by.others())
        case _:
            pass


def _looks(term: Term) -> Iterator[tuple[Term, int]]:
    """Yield the parts of `term` and how many sessions before it they are looked at."""
    if isinstance(term, Lasting):
        yield term.operand, term.sessions - 1
        return
    for part in term.parts():
        yield part, 0
    metric = measures(term) if isinstance(term, Node) else None
    if metric is None or not isinstance(term, Node):
        return
    for child in term.children():
        for candidate in listed(child):
            of_symbol = isinstance(core(candidate), Asset)
            sessions = lookback(metric) if of_symbol else stream_bars(lookback(metric))
            yield candidate, sessions - 1
