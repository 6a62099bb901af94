"""Returns and volumes of the bars that a decision rests on, as far as risk is measured by them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Final, Generic, TypeVar

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.risk.companions import Companions
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.metrics import (
    Sample,
    historical_shortfall,
    historical_var,
    parametric_shortfall,
    parametric_var,
    portfolio_returns,
)
from alchemiser.domain.risk.policy import CLASS_POLICIES
from alchemiser.domain.risk.proxies import (
    GAP_MAX,
    Series,
    Source,
    class_add_on,
    own_returns,
    series_for,
)
from alchemiser.domain.statistics.normal import normal_quantile, normal_shortfall
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import Floats, decimal_from_float

Figure = Callable[[Sample, Decimal], Decimal]

_VAR: Final[tuple[Figure, ...]] = (historical_var, parametric_var)
_SHORTFALL: Final[tuple[Figure, ...]] = (historical_shortfall, parametric_shortfall)


Known = TypeVar("Known")


@dataclass(slots=True)
class Last(Generic[Known]):
    """Keep what was reckoned last, as long as the same is asked for."""

    _kept: tuple[tuple[object, ...], Known] | None = None

    def of(self, key: tuple[object, ...], reckoned: Callable[[], Known]) -> Known:
        """Return what is kept for `key`, or else what is `reckoned`, which is kept instead."""
        if self._kept is None or self._kept[0] != key:
            self._kept = key, reckoned()
        return self._kept[1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketHistory:
    """Hold the past of every symbol that bars were taken of.

    Attributes:
        columns: Column of each symbol in the arrays.
        closes: Closing prices on the signal basis, float64 (T, N), oldest first, the present
            session last, NaN where there is no usable bar.
        dollars: Dollars traded in each closed session, float64 (T, N), or None where the source
            has no volumes at all.
    """

    columns: Mapping[Symbol, int]
    closes: Floats
    dollars: Floats | None
    _returns: dict[tuple[Symbol, int], Floats | None] = field(init=False, default_factory=dict)
    _volumes: dict[tuple[Symbol, int], Decimal | None] = field(init=False, default_factory=dict)
    # One order is measured several times: by each figure, when it is cut and when it is gated.
    _series: dict[int, Last[Series]] = field(init=False, default_factory=dict)
    _portfolio: Last[Sample] = field(init=False, default_factory=Last)
    _groups: Last[tuple[frozenset[Symbol], ...]] = field(init=False, default_factory=Last)
    _companions: Last[Companions] = field(init=False, default_factory=Last)

    @classmethod
    def of(
        cls, panel: BarPanel, row: int, limits: RiskLimits, *, provisional: bool
    ) -> "MarketHistory":
        """Return the past of `panel` as of its row `row`, as far back as `limits` look.

        Args:
            panel: Bars; nothing after `row` is read.
            row: The session, 0-based.
            limits: How far back.
            provisional: Whether that session has not closed: its volume is not known then,
                although the panel of a backtest may hold it.
        """
        longest = max(limits.var_sessions, limits.correlation_sessions, limits.adv_sessions)
        rows = slice(max(row - longest - GAP_MAX, 0), row + 1)
        closes = panel.close[rows]
        if panel.blocked is not None:
            # What the gate blocks as of the session may not be measured by either.
            closes = np.where(panel.blocked[row], np.nan, closes)
        known = slice(rows.start, row if provisional else row + 1)
        dollars = None if panel.volume is None else panel.volume[known] * panel.close[known]
        columns = {name: place for place, name in enumerate(panel.symbols)}
        return cls(columns=columns, closes=closes, dollars=dollars)

    def has_volumes(self) -> bool:
        """Say whether the source has volumes at all."""
        return self.dollars is not None

    def daily_volume(self, name: Symbol, limits: RiskLimits) -> Decimal | None:
        """Return the mean of dollars traded a day, or None when too few days are known.

        A session that has not closed has no volume yet and does not count.
        """
        key = (name, limits.adv_sessions)
        if key not in self._volumes:
            self._volumes[key] = self._daily_volume(*key)
        return self._volumes[key]

    def _daily_volume(self, name: Symbol, sessions: int) -> Decimal | None:
        place = self.columns.get(name)
        if self.dollars is None or place is None:
            return None
        traded = self.dollars[:, place]
        known = traded[np.isfinite(traded)][-sessions:]
        if len(known) < sessions:
            return None
        return decimal_from_float(math.fsum(known) / len(known))

    def value_at_risk(
        self,
        weights: Mapping[Symbol, Decimal],
        instruments: Sequence[Instrument],
        limits: RiskLimits,
    ) -> Decimal:
        """Return the larger of the historical and the parametric value at risk of a portfolio.

        Args:
            weights: Shares of equity by symbol.
            instruments: Of every symbol in `weights`.
            limits: Confidence and look-back.
        """
        return self._figure(weights, instruments, limits, (_VAR, normal_quantile))

    def expected_shortfall(
        self,
        weights: Mapping[Symbol, Decimal],
        instruments: Sequence[Instrument],
        limits: RiskLimits,
    ) -> Decimal:
        """Return the larger of both expected shortfalls; arguments as in `value_at_risk`."""
        return self._figure(weights, instruments, limits, (_SHORTFALL, normal_shortfall))

    def _figure(
        self,
        weights: Mapping[Symbol, Decimal],
        instruments: Sequence[Instrument],
        limits: RiskLimits,
        kind: tuple[tuple[Figure, ...], Callable[[Decimal], float]],
    ) -> Decimal:
        (figures, normal), confidence = kind, limits.var_confidence
        series = self._series_of(instruments, limits.var_sessions)
        shares = [float(weights[name]) for name in series.names]
        sample = self._portfolio.of(
            (shares, instruments, limits.var_sessions),
            lambda: Sample.of(portfolio_returns(shares, series.returns)),
        )
        measured = max(figure(sample, confidence) for figure in figures)
        deviations = {
            one.symbol: CLASS_POLICIES[one.asset_class].deviation
            for one in instruments
            if series.sources[one.symbol] is Source.CLASS
        }
        if not deviations:
            return measured
        return measured + class_add_on(weights, deviations, decimal_from_float(normal(confidence)))

    def moving_together(
        self, instruments: Sequence[Instrument], limits: RiskLimits
    ) -> tuple[frozenset[Symbol], ...]:
        """Return the groups of symbols whose returns correlate above the threshold.

        A symbol without enough history moves with every other of its class.
        """
        threshold = limits.correlation_threshold or Decimal(1)
        key = (instruments, limits.correlation_sessions, threshold)
        return self._groups.of(key, lambda: self._moving_together(*key))

    def _moving_together(
        self, instruments: Sequence[Instrument], sessions: int, threshold: Decimal
    ) -> tuple[frozenset[Symbol], ...]:
        series = self._series_of(instruments, sessions)
        strangers = {
            one.asset_class for one in instruments if series.sources[one.symbol] is Source.CLASS
        }
        together = [_of_class(instruments, kind) for kind in sorted(strangers)]
        companions = self._companions.of((sessions, threshold), lambda: Companions(threshold))
        return companions.groups(series.names, series.returns, together)

    def _series_of(self, instruments: Sequence[Instrument], sessions: int) -> Series:
        returns_of = partial(self._returns_of, sessions)
        last = self._series.setdefault(sessions, Last())
        return last.of((instruments,), lambda: series_for(instruments, returns_of, sessions))

    def _returns_of(self, sessions: int, name: Symbol) -> Floats | None:
        # Every order of a session is measured by the same closes.
        key = (name, sessions)
        if key not in self._returns:
            self._returns[key] = own_returns(name, self.columns, self.closes, sessions)
        return self._returns[key]


def _of_class(instruments: Sequence[Instrument], kind: AssetClass) -> frozenset[Symbol]:
    return frozenset(one.symbol for one in instruments if one.asset_class is kind)
