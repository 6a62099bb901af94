"""What stands in the way of an order whatever its size."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.history import Execution
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import ListingStatus
from tests.risk.drafts import CENT, DAYS, Draft, sessions_up_to


def account_unknown(draft: Draft) -> None:
    """Let the account, the books or their equity not be known."""
    what = draft.draws.count(0, 2)
    if what == 0:
        draft.account_known = False
    elif what == 1:
        draft.books_cash = None
    else:
        draft.equity = draft.draws.one_of((Decimal(0), Decimal(-5)))
        draft.limits["max_order_equity"] = Decimal(25)


def blocked(draft: Draft) -> None:
    """Let the broker forbid trading."""
    draft.blocked = True


def state(draft: Draft) -> None:
    """Let the engine be halted, or only reduce."""
    draft.bought()
    draft.state = draft.draws.one_of((TradingState.HALTED, TradingState.REDUCING))


def closed(draft: Draft) -> None:
    """Let the exchange be closed, or nobody know its hours."""
    if draft.draws.chance(0.3):
        draft.session = None
    else:
        draft.now += timedelta(minutes=draft.draws.one_of((15, 16, -400)))
        for name in draft.quotes:
            draft.requote(name, at=draft.now)


def status(draft: Draft, status: ListingStatus) -> None:
    """Let a symbol not be tradable for the reason `status`."""
    name = draft.bought()
    if status is ListingStatus.HALTED and draft.draws.chance(0.5):
        draft.requote(name, halted=True)
    elif status is ListingStatus.NOT_TRADABLE and draft.draws.chance(0.5):
        draft.instruments.pop(name, None)
    elif name in draft.instruments:
        draft.instruments[name] = replace(draft.instruments[name], status=status)


def restricted(draft: Draft) -> None:
    """Let the owner forbid a symbol."""
    draft.limits["restricted"] = frozenset({draft.bought()})


def unreconciled(draft: Draft) -> None:
    """Let the account hold a symbol otherwise than the books say."""
    draft.unreconciled.add(draft.bought())


def quantity(draft: Draft) -> None:
    """Ask for half a share where only whole ones trade."""
    name = draft.bought()
    if name in draft.instruments:
        draft.instruments[name] = replace(draft.instruments[name], quantity_increment=Decimal(1))
    draft.shift = (Decimal("0.5"), draft.shift[1])


def price(draft: Draft) -> None:
    """Name a price off the step."""
    draft.bought()
    draft.shift = (draft.shift[0], Decimal("0.001"))


def no_price(draft: Draft) -> None:
    """Let there be no quote."""
    draft.quotes.pop(draft.bought(), None)


def stale(draft: Draft) -> None:
    """Let a quote be too old, or from the future."""
    name = draft.bought()
    draft.requote(name, at=draft.now + timedelta(seconds=draft.draws.one_of((-61, -3600, 1))))


def crossed(draft: Draft) -> None:
    """Let the bid be above the ask."""
    quote = draft.quotes.get(draft.bought())
    if quote is not None:
        draft.requote(quote.symbol, bid=quote.ask, ask=quote.bid)


def spread(draft: Draft) -> None:
    """Let bid and ask lie far apart, or hardly any distance be allowed."""
    quote = draft.quotes.get(draft.bought())
    if quote is not None and draft.draws.chance(0.5):
        draft.requote(quote.symbol, ask=(quote.ask * Decimal("1.05")).quantize(CENT))
    else:
        draft.limits["max_spread"] = Decimal("0.0001")


def collar(draft: Draft) -> None:
    """Let a limit price lie far from the middle, or hardly any distance be allowed."""
    name = draft.bought()
    if draft.draws.chance(0.5):
        draft.limits["price_collar"] = Decimal("0.0001")
    else:
        draft.shift = (draft.shift[0], (draft.mid(name) / 10).quantize(CENT))


def unpriced(draft: Draft) -> None:
    """Let a position that is not traded have no price."""
    wished = {draft.bought(), *(name for name, _, _ in draft.wishes)}
    free = [name for name in draft.names if name not in wished]
    name = draft.draws.one_of(free) if free else Symbol("LOST")
    draft.held.setdefault(name, Decimal(7))
    draft.quotes.pop(name, None)
    draft.limits[draft.draws.one_of(("max_gross_exposure", "max_leverage"))] = Decimal(20)


def duplicate(draft: Draft) -> None:
    """Let the slot have been used, or an order of the same side be open."""
    name = draft.bought()
    attempt = draft.draws.one_of((1, 2))
    left = "open" if attempt == 2 else draft.draws.one_of(("filled", "dead"))
    draft.send(draft.order(name, Decimal(1), buy=True, attempt=attempt), 90, left=left)


def wash(draft: Draft) -> None:
    """Let an order of ours be open that a buy would trade with."""
    name = draft.bought()
    draft.held.setdefault(name, Decimal(2))
    draft.send(draft.order(name, Decimal(1), buy=False), 90, left="open")


def runaway(draft: Draft, limit: str, *, alike: bool = False) -> None:
    """Let orders have been sent up to `limit`; `alike` ones in quantity too."""
    name = draft.bought()
    count = draft.draws.count(1, 3)
    for attempt in range(2, 2 + count):
        quantity = draft.quantity(name) if alike else Decimal(attempt)
        order = draft.order(name, quantity, buy=True, attempt=attempt)
        draft.send(order, draft.draws.count(1, 59), left="dead")
    draft.limits[limit] = count


def churn(draft: Draft) -> None:
    """Let a symbol have been bought and sold in turn."""
    name = draft.bought()
    for place, back in enumerate((9, 7, 5, 3)):
        draft.executions.append(
            Execution(
                session=sessions_up_to(draft.day)[-back],
                symbol=name,
                side=Side.SELL if place % 2 else Side.BUY,
                quantity=Decimal(1),
                price=draft.mid(name),
            )
        )
    draft.limits["max_reversals"] = draft.draws.one_of((1, 2, 3, 4))
    draft.limits["reversal_sessions"] = draft.draws.one_of((6, 10, 20))


def day_trade(draft: Draft) -> None:
    """Sell what was bought in this session, after other day trades."""
    name = draft.bought()
    draft.kind = AccountKind.MARGIN
    draft.send(draft.order(name, Decimal(1), buy=True, attempt=3), 90, left="filled")
    draft.held[name] = draft.held.get(name, Decimal(0)) + 5
    draft.wishes = [one for one in draft.wishes if one[0] != name]
    draft.wishes.append((name, False, Decimal(2)))
    draft.maintenance = draft.equity * draft.draws.number(1, 1.2)
    for back in (4, 4, 3, 3, 2, 2, 2):
        draft.executions.append(
            Execution(
                session=sessions_up_to(draft.day)[-back],
                symbol=name,
                side=Side.SELL if len(draft.executions) % 2 else Side.BUY,
                quantity=Decimal(1),
                price=draft.mid(name),
            )
        )
    if draft.day == DAYS[-2] and draft.draws.chance(0.5):
        draft.limits["intraday_margin_since"] = draft.draws.one_of((draft.day, DAYS[-1]))


def short(draft: Draft) -> None:
    """Sell more than there is."""
    name = draft.bought()
    draft.wishes = [one for one in draft.wishes if one[0] != name]
    draft.wishes.append((name, False, draft.held.get(name, Decimal(0)) + 1))
