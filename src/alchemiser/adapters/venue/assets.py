"""What is listed at the venue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alchemiser.adapters.venue.draws import Draws
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus
from alchemiser.domain.values.numbers import ONE, SHARE
from alchemiser.ports.reference import ReferencePort


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Describe one listed symbol.

    Attributes:
        id: The venue's name of it.
        instrument: Its classification and increments.
        exchange: Where it is listed.
    """

    id: str
    instrument: Instrument
    exchange: str

    @property
    def symbol(self) -> Symbol:
        """The ticker."""
        return self.instrument.symbol

    @property
    def fractionable(self) -> bool:
        """Whether parts of a share are traded."""
        return self.instrument.quantity_increment == SHARE


class Assets:
    """Find assets by ticker or by identifier.

    Args:
        symbols: What is listed.
        reference: Classifies it.
        draws: Name it: an asset has the same identifier at every venue.
    """

    def __init__(self, symbols: Sequence[Symbol], reference: ReferencePort, draws: Draws) -> None:
        made = (_asset(reference.instrument(name), draws.uuid) for name in symbols)
        self._assets = {one.symbol: one for one in made}
        self._by_id = {one.id: one.symbol for one in self._assets.values()}

    def all(self) -> tuple[Asset, ...]:
        """Return every asset, sorted by ticker."""
        return tuple(self._assets.values())

    def find(self, text: str) -> Symbol | None:
        """Return the ticker that `text` names, or None when nothing listed is named so."""
        if text in self._by_id:
            return self._by_id[text]
        try:
            name = symbol(text)
        except InvalidValueError:
            return None
        return name if name in self._assets else None

    def change(
        self, name: Symbol, *, tradable: bool | None = None, fractionable: bool | None = None
    ) -> Asset:
        """Let orders in `name` be taken or not, in parts of a share or not; None leaves it."""
        asset = self._assets[name]
        instrument = asset.instrument
        if tradable is not None:
            status = ListingStatus.ACTIVE if tradable else ListingStatus.NOT_TRADABLE
            instrument = replace(instrument, status=status)
        if fractionable is not None:
            instrument = replace(instrument, quantity_increment=SHARE if fractionable else ONE)
        self._assets[name] = replace(asset, instrument=instrument)
        return self._assets[name]

    def __getitem__(self, name: Symbol) -> Asset:
        return self._assets[name]


def _asset(instrument: Instrument, uuid: Callable[[str], str]) -> Asset:
    fund = instrument.asset_class is not AssetClass.STOCK
    return Asset(
        id=uuid(f"asset|{instrument.symbol}"),
        instrument=instrument,
        exchange="ARCA" if fund else "NASDAQ",
    )
