"""Whether a fill that a stream tells may be believed as it is, or has to be asked for."""

from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeVar

from alchemiser.domain.orders.messages import ExecType, ExecutionReport
from alchemiser.domain.values.identifiers import ClOrdId, ExecId
from alchemiser.domain.values.numbers import ZERO

_ON_FILLS: Final = frozenset({ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
_Place = tuple[ClOrdId, Decimal]
_Span = tuple[Decimal, Decimal]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Scrutiny:
    """Compare what the stream tells of fills with what is answered about them.

    A fill that is told and asked for is one fill only if both give it one name. Nobody promises
    that of the broker, so that it is proven by the first fill: until then, and for ever if the
    names differ, fills are told by answers alone and the stream says no more than when to ask.
    """

    def __init__(
        self, *, are_names_proven: bool, remembered_max: int, tell: Callable[[str], None]
    ) -> None:
        """Know of no fill.

        Args:
            are_names_proven: Whether the names are known to be the same.
            remembered_max: How many fills to remember.
            tell: Takes one sentence for the owner.
        """
        self._agree = True if are_names_proven else None
        self._remembered_max = remembered_max
        self._tell = tell
        self._withheld: OrderedDict[_Place, ExecId] = OrderedDict()
        self._spans: OrderedDict[ClOrdId, list[_Span]] = OrderedDict()

    def passes(self, report: ExecutionReport) -> bool:
        """Say whether `report`, as the stream tells it, can be told; it has to be asked for else.

        The quantity of a fill is checked by the cumulative one: a fill cannot cover shares that
        another has filled.
        """
        if report.exec_type not in _ON_FILLS:
            return True
        if not self._agree:
            self._withhold(report)
            return False
        if report.exec_type is not ExecType.TRADE:
            return True
        low, high = _span(report)
        if any(low < end and begin < high for begin, end in self._spans.get(report.cl_ord_id, ())):
            return False
        self._learn(report)
        return True

    def follows(self, report: ExecutionReport) -> bool:
        """Say whether every share filled before the fill `report` is known."""
        if report.exec_type is not ExecType.TRADE:
            return True
        known = self._spans.get(report.cl_ord_id, ())
        return _span(report)[0] <= sum((end - begin for begin, end in known), ZERO)

    def compare(self, report: ExecutionReport) -> None:
        """Learn from an answer, which is believed."""
        if report.exec_type is not ExecType.TRADE:
            return
        self._learn(report)
        told = self._withheld.pop((report.cl_ord_id, report.cum_qty), None)
        if told is None or self._agree is not None:
            return
        self._agree = told == report.exec_id
        if not self._agree:
            self._tell(
                f"the stream names a fill {told} that is answered as {report.exec_id}: fills are "
                "asked for, and not taken from the stream."
            )

    def _withhold(self, report: ExecutionReport) -> None:
        if report.exec_type is ExecType.TRADE:
            self._withheld[report.cl_ord_id, report.cum_qty] = report.exec_id
            _trim(self._withheld, self._remembered_max)

    def _learn(self, report: ExecutionReport) -> None:
        spans = self._spans.setdefault(report.cl_ord_id, [])
        if _span(report) not in spans:
            spans.append(_span(report))
        _trim(self._spans, self._remembered_max)


def _span(report: ExecutionReport) -> _Span:
    """Return from where to where, in shares of its order, a fill reaches."""
    return report.cum_qty - report.last_qty, report.cum_qty


def _trim(remembered: OrderedDict[_Key, _Value], most: int) -> None:
    while len(remembered) > most:
        remembered.popitem(last=False)
