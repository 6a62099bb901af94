"""Bars and trees for the tests of rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules import language as rules
from alchemiser.domain.rules import metrics
from alchemiser.domain.rules.choosing import Ranking
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Condition, Metric
from alchemiser.domain.rules.nodes import Asset, Node
from alchemiser.domain.values.identifiers import Symbol

FIRST = date(2021, 3, 1)
NAN = float("nan")

Closes = Mapping[str, Sequence[float]]


def panel_of(
    closes: Closes,
    *,
    blocked: Mapping[str, Sequence[int]] | None = None,
    spread: float | None = None,
) -> BarPanel:
    """Return closes by symbol as a panel of consecutive days.

    `blocked` names the rows at which the gate blocks a symbol; `spread` adds highs and lows so
    far from the close.
    """
    symbols = tuple(sorted(map(Symbol, closes)))
    table = np.array([closes[name] for name in symbols], dtype=np.float64).T
    mask = np.zeros(table.shape, dtype=np.bool_)
    for name, rows in (blocked or {}).items():
        mask[list(rows), symbols.index(Symbol(name))] = True
    return BarPanel(
        sessions=tuple(FIRST + timedelta(days=t) for t in range(len(table))),
        symbols=symbols,
        close=table,
        high=None if spread is None else table + spread,
        low=None if spread is None else table - spread,
        blocked=mask if blocked else None,
    )


def random_panel(seed: int, *, rows: int = 36, names: Sequence[str] = "ABCDE") -> BarPanel:
    """Return a panel with late starts, missing bars, blocked sessions, flat prices and twins.

    It has highs, lows and volumes too.
    """
    draw = np.random.default_rng(seed)
    closes = {
        name: 50 * np.exp(np.cumsum(draw.normal(0, 0.03, rows))) for name in sorted(names)[:-2]
    }
    closes[names[-2]] = closes[names[0]].copy()
    closes[names[-1]] = np.where(np.arange(rows) % 7 < 4, 20.0, 20.5)
    for column in closes.values():
        column[: draw.integers(0, 8)] = NAN
        column[draw.integers(0, rows, draw.integers(0, 3))] = NAN
    blocked = {name: draw.integers(0, rows, draw.integers(0, 3)).tolist() for name in closes}
    panel = panel_of({name: list(values) for name, values in closes.items()}, blocked=blocked)
    above, below, traded = draw.uniform(0.1, 1.0, (3, *panel.close.shape))
    return replace(
        panel,
        high=panel.close + above,
        low=panel.close - below,
        volume=np.where(np.isnan(panel.close), NAN, np.rint(1e6 * traded)),
    )


def decide(tree: Node, panel: BarPanel, row: int = -1) -> dict[str, Decimal] | None:
    """Return the decision at a session, the last one by default; None when undecided."""
    decision = TreeEvaluator(panel).decide(tree, row % len(panel.sessions))
    return dict(decision.target.weights) if isinstance(decision, Decided) else None


def moves(**percent: float) -> BarPanel:
    """Return two sessions in which each symbol moves by so many percent."""
    return panel_of({name: [100, 100 + change] for name, change in percent.items()})


_windows = st.integers(2, 6)
_ratios = st.one_of(
    st.builds(lambda n: metrics.rsi(window=n), _windows),
    st.builds(lambda n: metrics.moving_average_return(window=n), _windows),
    st.builds(lambda n: metrics.cumulative_return(window=n), _windows),
    st.builds(lambda n: metrics.stdev_return(window=n), _windows),
    st.builds(lambda n: metrics.max_drawdown(window=n), _windows),
    st.builds(lambda n: metrics.ppo(short_window=n, long_window=n + 3), _windows),
    st.builds(lambda n: metrics.ppo_signal(None, n, n + 2, 3), _windows),
    st.builds(lambda n: metrics.correlation(None, "C", n), _windows),
    st.builds(lambda n: metrics.correlation_state(None, "A", n), _windows),
    st.builds(lambda n: metrics.trend(None, n, n + 3), _windows),
    st.builds(lambda n: metrics.volatility_state(None, n, 5), _windows),
    st.builds(lambda n, m: metrics.zscore(metrics.rsi(window=n), m), _windows, _windows),
    st.builds(
        lambda n, m: metrics.percentile(metrics.stdev_return(window=n), m), _windows, _windows
    ),
    st.builds(
        lambda n: metrics.percentile(metrics.zscore(metrics.cumulative_return(window=n), 3), 4),
        _windows,
    ),
)
_volumes = st.builds(lambda n: metrics.liquidity_state(None, n, 4), _windows)
_prices = st.one_of(
    st.just(metrics.price()),
    st.builds(lambda n: metrics.sma(window=n), _windows),
    st.builds(lambda n: metrics.ema(window=n), _windows),
    st.builds(lambda n: metrics.stdev_price(window=n), _windows),
    st.builds(lambda n: metrics.atr(window=n), _windows),
    st.builds(lambda n: metrics.zscore(metrics.sma(window=n), 4), _windows),
)


def metrics_of(names: Sequence[str]) -> st.SearchStrategy[Metric]:
    """Return a strategy for metrics of every kind, each of one of `names`."""
    symbols = st.sampled_from([Symbol(name) for name in names])
    return st.builds(Metric.of, _ratios | _volumes | _prices, symbols)


def nodes(*, price_units: bool = True, leaves: int = 14) -> st.SearchStrategy[Node]:
    """Return a strategy for rule trees over A to E, with or without measures in dollars."""
    symbols = st.sampled_from([Symbol(name) for name in "ABCDE"])
    measures = _ratios | _volumes | _prices if price_units else _ratios | _volumes
    asked = conditions(symbols, measures)
    assets = symbols.map(rules.asset)
    return st.recursive(
        assets, lambda inner: _composed(inner, assets, asked, measures), max_leaves=leaves
    )


def ranked(*, price_units: bool = True) -> st.SearchStrategy[Node]:
    """Return a strategy for rankings of conditions' branches, whose own streams are measured."""
    symbols = st.sampled_from([Symbol(name) for name in "ABCDE"])
    asked = conditions(symbols, _ratios | _volumes | _prices if price_units else _ratios | _volumes)
    inner = nodes(price_units=price_units, leaves=4)
    branch = st.builds(rules.when, asked, inner, inner)
    return _rankings(st.tuples(branch, inner).map(list), _ratios)


def conditions(
    symbols: st.SearchStrategy[Symbol], measures: st.SearchStrategy[Metric]
) -> st.SearchStrategy[Condition]:
    """Return a strategy for conditions over `symbols`."""
    metric = st.builds(Metric.of, measures, symbols)
    compared = st.builds(
        lambda left, order, right: order(left, right),
        metric,
        st.sampled_from([Metric.__gt__, Metric.__lt__, Metric.__ge__, Metric.__le__, rules.equals]),
        metric | st.sampled_from([0, 1, 1.5, 30, 50, 50.25, 70]),
    )
    return st.recursive(
        compared,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda operands: rules.and_(*operands)),
            st.lists(inner, min_size=1, max_size=3).map(lambda operands: rules.or_(*operands)),
            inner.map(rules.not_),
            st.lists(inner, min_size=2, max_size=3).map(lambda votes: rules.at_least(2, *votes)),
            st.builds(rules.lasting, inner, st.integers(1, 4)),
        ),
        max_leaves=4,
    )


def _composed(
    inner: st.SearchStrategy[Node],
    assets: st.SearchStrategy[Asset],
    asked: st.SearchStrategy[Condition],
    measures: st.SearchStrategy[Metric],
) -> st.SearchStrategy[Node]:
    several, symbols = (st.lists(one, min_size=1, max_size=4) for one in (inner, assets))
    ranking = _rankings(_with_choices(several, asked), _ratios)
    ranking |= _rankings(_with_choices(symbols, asked), measures)
    items = st.lists(inner | ranking.map(rules.each), min_size=1, max_size=3)
    listed = _with_choices(items, asked)
    return st.one_of(
        st.builds(rules.when, asked, inner, inner),
        ranking,
        listed.map(lambda items: rules.weight_equal(*items)),
        st.builds(
            lambda window, items: rules.weight_inverse_volatility(window, *items), _windows, listed
        ),
        st.builds(
            lambda first, second: rules.weight_specified((0.3, first), (0.7, second)), inner, inner
        ),
        st.builds(rules.group, st.sampled_from(["one", "two"]), inner),
    )


def _with_choices(
    lists: st.SearchStrategy[list[Asset]] | st.SearchStrategy[list[Node]],
    asked: st.SearchStrategy[Condition],
) -> st.SearchStrategy[list[Node]]:
    """Return lists, some of them joined by one of two others or by lists within lists."""
    plain = lists.map(list[Node])
    one = st.builds(rules.choose, asked, plain, plain)
    two = st.builds(
        lambda condition, items, choice: rules.choose(condition, [*items, choice], items),
        asked,
        plain,
        one,
    )
    return plain | st.builds(lambda items, choice: [*items, choice], plain, one | two)


def _rankings(
    candidates: st.SearchStrategy[list[Node]],
    measures: st.SearchStrategy[Metric],
) -> st.SearchStrategy[Ranking]:
    return st.builds(
        lambda order, count, by, of: order(count, by=by, of=of),
        st.sampled_from([rules.top, rules.bottom]),
        st.integers(1, 3),
        measures,
        candidates,
    )
