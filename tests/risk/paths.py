"""Accounts that are worked through sessions in which prices move: gains, losses, crashes."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.domain.risk.history import Anchors
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.testing.fakes import quote, regular_session
from tests.risk.drafts import CENT, Draft, drafted
from tests.risk.draws import Draws
from tests.risk.laws import Tally, hold_to_the_laws
from tests.risk.pasts import PATHS, past
from tests.risk.worlds import World

FIRST: Final = 10_000_000
"""Numbers of paths begin here, beyond those of single cases."""
SESSIONS: Final = 12
OFFSET: Final = Decimal("0.005")


@dataclass
class Path:
    """Hold an account from session to session; `equities` are those at the closes."""

    draft: Draft
    peak: Decimal
    equities: list[Decimal]


def walk(number: int, tally: Tally) -> list[Decimal]:
    """Work path `number` through its sessions under every law; return the equity of each."""
    draft = drafted(Draws(FIRST + number))
    draft.limits = {
        "max_position": dict.fromkeys(AssetClass, Decimal("0.4")),
        "max_sector": None,
        "max_asset_class": None,
        "max_underlying": None,
        "correlation_threshold": None,
        "max_gross_exposure": Decimal(2),
        "max_net_exposure": None,
        "max_var": None,
        "max_expected_shortfall": None,
        "max_daily_loss": draft.draws.number(0.005, 0.05),
        "max_drawdown": draft.draws.number(0.03, 0.15),
    }
    path = Path(draft=draft, peak=draft.equity, equities=[draft.equity])
    for _ in range(SESSIONS):
        _move(path)
        _trade(path, FIRST + number, tally)
    return path.equities


def _move(path: Path) -> None:
    """Begin the next session: prices have moved, and losses are measured from the last close."""
    draft, draws = path.draft, path.draft.draws
    draft.day = _next(draft.day)
    draft.session = regular_session(draft.day)
    draft.now = draft.session.close_at - timedelta(minutes=15)
    draft.markets = past(draws.count(0, PATHS - 1))
    worst = 0.12 if draws.chance(0.15) else 0.03
    market = draws.number(-worst, 0.03)
    for name in draft.names:
        own = draft.instruments[name].leverage * market + draws.number(-0.01, 0.01)
        _requote(draft, name, max(1 + own, Decimal("0.3")))
    worth = sum((shares * draft.mid(name) for name, shares in draft.held.items()), draft.cash)
    draft.anchors = Anchors(last_close=path.equities[-1], peak=path.peak)
    draft.equity = worth
    draft.power = max(draft.cash, Decimal(0))


def _next(day: date) -> date:
    return day + timedelta(days=3 if day.isoweekday() == 5 else 1)


def _requote(draft: Draft, name: Symbol, factor: Decimal) -> None:
    middle = max((draft.mid(name) * factor).quantize(CENT), Decimal("0.5"))
    half = max((middle / 1000).quantize(CENT), CENT)
    draft.quotes[name] = quote(name, str(middle - half), str(middle + half), at=draft.now)


def _trade(path: Path, number: int, tally: Tally) -> None:
    """Wish, pass both gates, and keep what the account is then."""
    draft, draws = path.draft, path.draft.draws
    draft.wishes = []
    for name in draws.some_of(draft.names, 3):
        if name in draft.held and draws.chance(0.3):
            draft.wishes.append((name, False, draft.held[name]))
        elif draft.equity > 0:
            draft.wish(name, weight=draws.number(0.05, 0.4))
    case = World(
        number=number, context=draft.context(), net=draft.net(), offset=OFFSET, raw=(), draws=draws
    )
    truth = hold_to_the_laws(case, tally)
    for order in list(truth.open):
        truth.end(order, Decimal(0))
    assert truth.equity is not None
    assert truth.cash is not None
    draft.held, draft.cash, draft.books_cash = dict(truth.held), truth.cash, truth.cash
    draft.equity = truth.equity
    draft.settled = None
    path.equities.append(truth.equity)
    path.peak = max(path.peak, truth.equity)


LOSSES: Final = (RiskCode.MAX_DAILY_LOSS, RiskCode.MAX_DRAWDOWN)
