"""What the broker lets be traded, over what this release knows of instruments."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Final

import msgspec

from alchemiser.adapters.alpaca.answers import broken
from alchemiser.adapters.alpaca.bars_rows import NEW_YORK
from alchemiser.adapters.alpaca.history import Tell
from alchemiser.adapters.alpaca.paging import Reader
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument, ListingStatus
from alchemiser.domain.values.numbers import ONE
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.errors import InputError, PortError
from alchemiser.ports.reference import ReferencePort

ASSETS: Final = "/v2/assets"
_ACTIVE: Final = "active"
_WHAT: Final = "assets"


class Asset(msgspec.Struct, frozen=True, gc=False):
    """Hold what the broker says of one asset; None is what it does not say.

    Attributes:
        symbol: The ticker.
        status: `active` or `inactive`.
        tradable: Whether orders are taken.
        fractionable: Whether parts of a share can be traded.
        shortable: Whether it can be sold short.
    """

    symbol: str
    status: str | None = None
    tradable: bool | None = None
    fractionable: bool | None = None
    shortable: bool | None = None


_DECODER: Final = msgspec.json.Decoder(list[Asset])


def read_assets(reader: Reader) -> dict[Symbol, Asset]:
    """Return every active US stock and fund of the broker by symbol, in one request.

    Keys that this release does not know, or that the broker no longer sends, are no matter.

    Raises:
        InputError: When the answer is no list of assets, or an empty one.
        PortUnavailableError: When the broker cannot be reached.
    """
    body = reader.get(ASSETS, {"status": _ACTIVE, "asset_class": "us_equity"})
    try:
        assets = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(broken(_WHAT, f"no list of assets ({error})")) from error
    if not assets:
        raise InputError(broken(_WHAT, "not one asset"))
    # A name that was given up and given anew is told twice; the share that lives counts.
    assets.sort(key=lambda one: one.status == _ACTIVE)
    return {Symbol(one.symbol): one for one in assets}


class BrokerReference:
    """Classify symbols by a table, and let the broker say whether and in which parts they trade.

    The broker is asked once a day of New York, at the first question. While it cannot be asked,
    what it said before counts, and else the table alone.
    """

    def __init__(
        self, table: ReferencePort, reader: Reader, clock: ClockPort, *, tell: Tell
    ) -> None:
        """Lay the broker's word over `table`.

        Args:
            table: What this release knows.
            reader: Asks the trading address.
            clock: Tells the day.
            tell: Told once a day when the broker does not answer.
        """
        self._table = table
        self._reader = reader
        self._clock = clock
        self._tell = tell
        self._lock = Lock()
        self._asked: date | None = None
        self._assets: Mapping[Symbol, Asset] | None = None

    def instrument(self, name: Symbol) -> Instrument:
        """Return the instrument of `name`.

        What the broker does not list as active, or takes no orders in, is not tradable; what it
        does not call fractionable trades in whole shares.
        """
        known = self._table.instrument(name)
        assets = self._known_today()
        if assets is None:
            return known
        asset = assets.get(name)
        if asset is None or not asset.tradable or asset.status != _ACTIVE:
            # The owner may know better why.
            active = known.status is ListingStatus.ACTIVE
            return replace(known, status=ListingStatus.NOT_TRADABLE) if active else known
        return known if asset.fractionable else replace(known, quantity_increment=ONE)

    def refresh(self) -> None:
        """Ask the broker now.

        Raises:
            InputError: When the answer is no list of assets.
            PortUnavailableError: When the broker cannot be reached.
        """
        self._assets = read_assets(self._reader)

    def _known_today(self) -> Mapping[Symbol, Asset] | None:
        with self._lock:
            today = self._clock.now().astimezone(NEW_YORK).date()
            if self._asked != today:
                self._asked = today
                try:
                    self.refresh()
                except PortError as error:
                    self._tell(f"what the broker lets be traded is not known today: {error}")
            return self._assets
