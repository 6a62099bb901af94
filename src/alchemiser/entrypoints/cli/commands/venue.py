"""`venue`."""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from alchemiser.container.venue import VenueOptions, serve_venue
from alchemiser.domain.values.errors import SettingsError
from alchemiser.entrypoints.cli.options import Common

Place = tuple[int, str | None, float, int, bool]
"""Port, beginning, speed, rate limit, and whether the stream sends text."""


def venue(common: Common, place: Place, seed: int, cash: str, data: Path | None) -> int:
    """Serve the local exchange; its addresses are the first line of the answer."""
    del common  # the answer is JSON in any case
    port, at, speed, rate_limit, text_frames = place
    options = VenueOptions(
        port=port,
        at=None if at is None else _moment(at),
        speed=speed,
        seed=seed,
        cash=_dollars(cash),
        data=data,
        rate_limit=rate_limit,
        text_frames=text_frames,
    )
    serve_venue(options, _announce)
    return 0


def _announce(urls: dict[str, str]) -> None:
    sys.stdout.write(f"{json.dumps(urls)}\n")
    sys.stdout.flush()


def _moment(text: str) -> datetime:
    """Return the moment in `text`, UTC where it gives no offset.

    Raises:
        SettingsError: When it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        msg = f"--at {text!r} is no moment: write one such as 2026-11-27T15:00:00Z."
        raise SettingsError(msg) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _dollars(text: str) -> Decimal:
    """Return the dollars in `text`.

    Raises:
        SettingsError: When they are none, or negative.
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0:
        msg = f"--cash {text!r} is no amount: write dollars such as 100000."
        raise SettingsError(msg)
    return found
