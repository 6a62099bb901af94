"""Which order bears which name, there and here."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from alchemiser.adapters.alpaca.decoding import MalformedAnswerError, decode
from alchemiser.adapters.alpaca.order_rows import REPLACED, OrderRow
from alchemiser.adapters.alpaca.refusals import is_absence
from alchemiser.adapters.alpaca.transport import RefusedError, Transport
from alchemiser.domain.values.identifiers import ClOrdId

_BY_NAME: Final = "/v2/orders:by_client_order_id"
_CHAIN_MAX: Final = 20
_NAMES_MAX: Final = 50_000


class KnownOrders:
    """Look up orders at Alpaca, and remember their names; for any thread."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._ids: dict[ClOrdId, str] = {}
        self._names: dict[str, ClOrdId] = {}
        self._replaces: dict[str, str] = {}
        self._entered: dict[ClOrdId, datetime] = {}

    def find(self, cl_ord_id: ClOrdId) -> OrderRow | None:
        """Return the order of that name, or None.

        Raises:
            MalformedAnswerError: When Alpaca answers with another.
        """
        row = self._ask(_BY_NAME, {"client_order_id": cl_ord_id})
        if row is not None and row.client_order_id != cl_ord_id:
            raise MalformedAnswerError(f"Alpaca answered {cl_ord_id} with {row.client_order_id}.")
        return row

    def chain(self, row: OrderRow) -> list[OrderRow]:
        """Return `row` and each order that has replaced it, as after a split.

        Raises:
            MalformedAnswerError: When there is no end of them.
        """
        chain = [row]
        while chain[-1].status == REPLACED and chain[-1].replaced_by:
            after = self._ask(_path(chain[-1].replaced_by), {})
            if after is None or len(chain) == _CHAIN_MAX:
                text = f"what replaced order {row.client_order_id} is not told."
                raise MalformedAnswerError(text)
            self._replaces[after.id] = chain[-1].id
            self._ids[ClOrdId(row.client_order_id)] = after.id
            chain.append(after)
        return chain

    def order_id(self, cl_ord_id: ClOrdId) -> str | None:
        """Return Alpaca's name of what now stands for an order, or None when it has none."""
        if cl_ord_id not in self._ids:
            self.find(cl_ord_id)
        return self._ids.get(cl_ord_id)

    def name(self, order_id: str) -> ClOrdId:
        """Return the name of an order that Alpaca names so; of a successor, the first one's.

        Raises:
            MalformedAnswerError: When there is no such order.
        """
        asked = order_id
        for _ in range(_CHAIN_MAX):
            if asked not in self._names:
                self._ask(_path(asked), {})
            found, before = self._names.get(asked), self._replaces.get(asked)
            if found is None:
                break
            if before is None:
                return found
            asked = before
        raise MalformedAnswerError(f"Alpaca does not know its order {order_id}.")

    def knows(self, order_ids: Iterable[str]) -> bool:
        """Say whether the names of all of these are known."""
        return self._names.keys() >= set(order_ids)

    def know(self, row: OrderRow) -> None:
        """Remember the names of an order."""
        if len(self._names) > _NAMES_MAX:
            for names in (self._names, self._ids, self._replaces, self._entered):
                names.clear()
        self._ids.setdefault(ClOrdId(row.client_order_id), row.id)
        if row.replaces:
            self._replaces[row.id] = row.replaces
        self._names[row.id] = ClOrdId(row.client_order_id)
        if row.submitted_at or row.created_at:
            self._entered.setdefault(ClOrdId(row.client_order_id), row.entered_at())

    def entered(self, names: Collection[ClOrdId]) -> datetime | None:
        """Return when the first of `names` arrived, UTC; None when that is not known of all."""
        if not names or not self._entered.keys() >= set(names):
            return None
        return min(self._entered[name] for name in names)

    def _ask(self, path: str, params: Mapping[str, str]) -> OrderRow | None:
        try:
            row = decode(OrderRow, self._transport.get(path, params))
        except RefusedError as error:
            if is_absence(error.answer):
                return None
            raise
        self.know(row)
        return row


def _path(order_id: str) -> str:
    return f"/v2/orders/{quote(order_id, safe='')}"
