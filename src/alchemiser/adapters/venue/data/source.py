"""What every answer of the data interface starts from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alchemiser.adapters.venue.data.faults import NO_FAULTS, DataFault, Faults
from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.adapters.venue.data.query import Feed, Plan, QueryError
from alchemiser.adapters.venue.data.rows import Places
from alchemiser.adapters.venue.data.series import Series, look_back
from alchemiser.domain.values.identifiers import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Hold prices, the venue's time, the client's plan, and what goes wrong at present."""

    prices: Prices
    now: Callable[[], datetime]
    plan: Plan = field(default_factory=Plan)
    faults: Faults = NO_FAULTS

    def throttle(self) -> None:
        """Let a request pass.

        Raises:
            QueryError: When a fault says that there were too many.
        """
        if self.faults.hit(DataFault.RATE_LIMITED):
            raise QueryError("rate limit exceeded", 429)

    def effective(self, feed: Feed) -> Feed:
        """Return the feed whose prices are served: the thin one, when a fault says so."""
        thin = feed.served and self.faults.hit(DataFault.THIN_FEED)
        return Feed(name="iex", now=feed.now) if thin else feed

    def series(self, feed: Feed, name: Symbol) -> Series | None:
        """Return what `feed` knows of `name`, or None when it knows nothing."""
        if not feed.served or self.faults.hit(DataFault.MISSING, name):
            return None
        found = look_back(self.prices, name, feed.now, thin=feed.thin)
        if found is None:
            return None
        session = self.prices.session(found.days.labels[found.rows - 1])
        if self.faults.hit(DataFault.STALE, name):
            return look_back(
                self.prices, name, session.open_at - timedelta(seconds=1), thin=feed.thin
            )
        if self.faults.hit(DataFault.PARTIAL, name):
            middle = session.open_at + (session.close_at - session.open_at) / 2
            return look_back(self.prices, name, min(found.now, middle), thin=feed.thin)
        return found

    def places(self, feed: Feed) -> Places:
        """Return what writes trades and quotes of `feed`."""
        return Places(self.prices, thin=feed.thin)
