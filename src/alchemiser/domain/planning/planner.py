"""From the assessed intents to one plan of orders, sells before buys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing, OnFailure, OrderPlan, PlannedOrder
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.planning.choosing import AlgorithmChoice, OrderBudget
from alchemiser.domain.planning.closing import ClosingAuction, fit_for_auction, last_word
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import AccountId, Symbol, cl_ord_id
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import round_down

_UNKNOWN: Final = Liquidity()
_planned: Final = maker(PlannedOrder)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """Say how intents become orders.

    Attributes:
        minimum_trade: Smallest order in dollars; full exits are exempt.
        limit_offset: How far through the touch a limit may go, a fraction in [0, 1).
        algorithms: Which algorithm works which order.
        on_failure: What becomes of a plan when the venue has refused an order of it.
    """

    minimum_trade: Decimal = Decimal(5)
    limit_offset: Decimal = Decimal("0.005")
    algorithms: AlgorithmChoice = field(default_factory=AlgorithmChoice)
    on_failure: OnFailure = OnFailure.GO_ON


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """Hold what a plan rests on.

    Attributes:
        account: Whose orders.
        session: The session's label.
        deadline: When every order must be terminal, UTC; those in the closing auction may be later.
        quotes: Latest quotes.
        instruments: Every symbol's instrument.
        held: Shares in the account, so that a full exit is known.
        liquidity: What is known of how the symbols trade.
        budget: How many orders may be sent.
        auction: What is known of the closing auction, or None where no order may wait for it.
    """

    account: AccountId
    session: date
    deadline: datetime
    quotes: Mapping[Symbol, Quote]
    instruments: Mapping[Symbol, Instrument]
    held: Mapping[Symbol, Decimal]
    liquidity: Mapping[Symbol, Liquidity] = field(default_factory=dict)
    budget: OrderBudget = field(default_factory=OrderBudget)
    auction: ClosingAuction | None = None


def make_plan(
    net: Sequence[NetIntent],
    crossings: tuple[Crossing, ...],
    inputs: PlanInputs,
    settings: PlanSettings,
) -> OrderPlan:
    """Return the session's plan: one order an intent, none for dust or within a drift band."""
    orders = [
        _order(intent, inputs, settings)
        for intent in sorted(
            orderable(net, inputs, settings), key=lambda row: (row.buy, row.symbol)
        )
    ]
    fitted = inputs.budget.affordable(fit_for_auction(orders, inputs.auction))
    return OrderPlan(
        account=inputs.account,
        session=inputs.session,
        deadline=last_word(fitted, inputs.deadline, inputs.auction),
        crossings=crossings,
        orders=fitted,
        on_failure=settings.on_failure,
    )


def orderable(
    net: Sequence[NetIntent], inputs: PlanInputs, settings: PlanSettings
) -> tuple[NetIntent, ...]:
    """Return the intents that become orders, cut to whole increments.

    The first gate has to see these: it lets buys rest on every sell that it is shown.
    """
    cut = (_whole(intent, inputs.instruments[intent.symbol]) for intent in net)
    return tuple(intent for intent in cut if not _is_dust(intent, inputs, settings))


def _whole(intent: NetIntent, instrument: Instrument) -> NetIntent:
    return intent.shrunk(round_down(intent.quantity(), instrument.quantity_increment))


def _is_dust(intent: NetIntent, inputs: PlanInputs, settings: PlanSettings) -> bool:
    quantity = intent.quantity()
    exits = not intent.buy and quantity == inputs.held.get(intent.symbol)
    smallest = max(settings.minimum_trade, intent.worthwhile)
    small = quantity * inputs.quotes[intent.symbol].mid() < smallest
    return not quantity or (small and not exits)


def _order(intent: NetIntent, inputs: PlanInputs, settings: PlanSettings) -> PlannedOrder:
    quote, instrument = inputs.quotes[intent.symbol], inputs.instruments[intent.symbol]
    side = Side.BUY if intent.buy else Side.SELL
    liquidity = inputs.liquidity.get(intent.symbol, _UNKNOWN)
    algorithm, instead_of = settings.algorithms.of(intent.quantity(), liquidity)
    return _planned(
        cl_ord_id=cl_ord_id(
            account=inputs.account,
            session=inputs.session,
            name=intent.symbol,
            buy=intent.buy,
            attempt=1,
        ),
        symbol=intent.symbol,
        side=side,
        quantity=intent.quantity(),
        limit_price=limit_price(side, quote, instrument, settings.limit_offset),
        reference_price=quote.mid(),
        claims=intent.claims,
        algorithm=algorithm,
        instead_of=instead_of,
        liquidity=liquidity,
    )
