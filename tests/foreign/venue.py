"""A venue of others: what it holds, what it does when it is asked, and what it tells by stream."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from aiohttp import web

from tests.foreign.habits import NEW_YORK, Document, Habits
from tests.foreign.ledger import CENT, CRUMB, ZERO, Fill, Ledger, Order, Refused
from tests.foreign.market import Market

DIVIDEND = Decimal("1.25")
RARE = ("pending_new", "accepted_for_bidding", "held", "stopped", "suspended")
LATE = timedelta(seconds=1)
SOON = 0.05
"""Seconds from an order to its first execution, and from each to the next."""
Hear = Callable[[Document], None]


class Venue:
    """Serve one account; in one loop."""

    def __init__(self, market: Market, habits: Habits) -> None:
        """Have `market` and these `habits`."""
        self.market = market
        self.habits = habits
        self.ledger = Ledger()
        self.hearers: list[Hear] = []
        self.asked = Counter[str]()
        self.lost_answers = 0
        self._began = market.now()
        self._looks = Counter[str]()
        self._struck = set[str]()

    def account(self) -> Document:
        """Return the account."""
        cash = self.cash()
        worth = {name: one * self.market.sides(name)[0] for name, one in self.ledger.held.items()}
        equity = cash + sum(worth.values(), ZERO)
        return {
            "id": "e6fe16f3-64a4-4921-8928-cadf02f92f98",
            "account_number": "PA0FOREIGN1",
            "status": "ACTIVE",
            "currency": "USD",
            "cash": cash,
            "equity": equity,
            "portfolio_value": equity,
            "buying_power": self.ledger.buying_power(),
            "maintenance_margin": equity * Decimal("0.3"),
            "multiplier": Decimal(2),
            "trading_blocked": False,
            "account_blocked": False,
            "transfers_blocked": False,
            "trade_suspended_by_user": False,
            "created_at": self.market.now(),
        }

    def cash(self) -> Decimal:
        """Return the cash, by whole cents for each execution or to the last digit."""
        left = DIVIDEND if self.pays() else ZERO
        if "money to the last digit" in self.habits:
            return left + self.ledger.cash
        left += Decimal(100_000)
        for fill in self.ledger.fills:
            amount = (fill.qty * fill.price).quantize(CENT, ROUND_HALF_EVEN)
            left -= amount if fill.order.side == "buy" else -amount
        return left

    def positions(self) -> list[Document]:
        """Return what is held."""
        return [
            {
                "asset_id": "b0b6dd9d-8b9b-48a9-ba46-b9d54906e415",
                "symbol": name,
                "exchange": "ARCA",
                "asset_class": "us_equity",
                "qty": held,
                "qty_available": held,
                "side": "long",
                "avg_entry_price": self.market.sides(name)[1],
                "market_value": held * self.market.sides(name)[0],
                "current_price": None,
            }
            for name, held in (self._nothing() | self.ledger.held).items()
        ]

    def _nothing(self) -> dict[str, Decimal]:
        """Return what was held and is told of still."""
        return {"AGG": ZERO} if "positions of nothing" in self.habits else {}

    def shown(self, order: Order) -> Document:
        """Return an order as it is told by now."""
        document = order.document()
        if "rare states" in self.habits:
            self._looks[order.id] += 1
            rare = RARE[self._looks[order.id] % len(RARE)]
            shown = {"new": rare, "partially_filled": rare, "filled": "calculated"}
            document["status"] = shown.get(order.status, order.status)
        return document

    def of_others(self) -> list[Order]:
        """Return orders that hands entered: of two legs, and of dollars."""
        if "orders of others" not in self.habits:
            return []
        at = self._began - timedelta(minutes=5)
        made = [Order(id_, "", "", "buy", ZERO, ZERO, "day", at, "canceled") for id_ in "ab"]
        made[0].other = {"client_order_id": "7d", "side": None, "order_class": "mleg", "legs": []}
        money = {"notional": Decimal(100), "qty": None, "limit_price": None, "symbol": "BTC/USD"}
        made[1].other = money
        return made

    def activities(self) -> list[Document]:
        """Return executions and what else changed the account, oldest first."""
        late = LATE if "half the fills late" in self.habits else timedelta(0)
        now = self.market.now()
        return [
            fill.document()
            for number, fill in enumerate(self.ledger.fills)
            if number % 2 or now - fill.at >= late
        ] + self._dividend()

    def _dividend(self) -> list[Document]:
        if not self.pays():
            return []
        day = self._began.astimezone(NEW_YORK).date()
        return [
            {
                "id": f"{day:%Y%m%d}000000000::{'5e' * 16}",
                "activity_type": "DIV",
                "date": day.isoformat(),
                "net_amount": DIVIDEND,
                "symbol": "SPY",
                "qty": Decimal(1),
                "per_share_amount": DIVIDEND,
                "side": "",
                "status": "executed",
            }
        ]

    def pays(self) -> bool:
        """Say whether a dividend has come by now: with the first execution."""
        return "a dividend in session" in self.habits and bool(self.ledger.fills)

    def enter(self, asked: Document) -> Order:
        """Take an order and let it trade.

        Raises:
            Refused: When it cannot be.
        """
        if not self.market.knows(str(asked["symbol"])):
            raise Refused(422, 42210000, f'asset "{asked["symbol"]}" not found')
        order = self.ledger.enter(asked, self.market.now())
        if "fills before the answer" in self.habits:
            for qty in self._parts(order):
                self._trade(order, qty)
            self._tell("new", order)
            return order
        self._tell("pending_new" if "rare states" in self.habits else "new", order)
        if "unheard events" in self.habits:
            self._tell("order_pondered", order)
        loop = asyncio.get_running_loop()
        for number, qty in enumerate(self._parts(order), start=1):
            loop.call_later(SOON * number, self._trade, order, qty)
        return order

    def cancel(self, order: Order) -> None:
        """End an order."""
        order.status, order.ended = "canceled", self.market.now()
        self._tell("canceled", order)

    def loses_answer(self) -> bool:
        """Say whether this answer is lost on its way."""
        self.lost_answers -= 1
        return self.lost_answers >= 0

    def strikes(self, request: web.Request) -> bool:
        """Say whether it is the first request of its kind, that a gateway answers with a page."""
        kind = f"{request.method} {request.path}"
        is_first = kind not in self._struck
        self._struck.add(kind)
        return is_first and request.method == "GET"

    def _parts(self, order: Order) -> list[Decimal]:
        bid, ask = self.market.sides(order.symbol)
        if not (order.limit >= ask if order.side == "buy" else order.limit <= bid):
            return []
        if "fills of no share" in self.habits:
            return [ZERO, order.qty - CRUMB, ZERO, CRUMB]
        if "crumbs of a share" not in self.habits:
            half = (order.qty / 2).quantize(CRUMB)
            return [half, order.qty - half]
        return [CRUMB, CRUMB, order.qty - 3 * CRUMB, CRUMB]

    def _trade(self, order: Order, qty: Decimal) -> None:
        if not order.is_open():
            return
        bid, ask = self.market.sides(order.symbol)
        price = ask if order.side == "buy" else bid
        fill = self.ledger.fill(order, qty, price, self.market.now())
        self._tell("fill" if order.status == "filled" else "partial_fill", order, fill)

    def _tell(self, event: str, order: Order, fill: Fill | None = None) -> None:
        told = {"event": event, "timestamp": self.market.now(), "order": self.shown(order)}
        if fill is not None:
            name = fill.id
            if "fills in capitals over the stream" in self.habits:
                name = name.upper()
            held = self.ledger.held.get(order.symbol, ZERO)
            told |= {"execution_id": name, "price": fill.price, "qty": fill.qty}
            told |= {"position_qty": held}
        for hear in self.hearers:
            hear(told)
