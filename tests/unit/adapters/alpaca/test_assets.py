"""The broker says whether and in which parts a symbol trades."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from alchemiser.adapters.alpaca.assets import BrokerReference, read_assets
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import ListingStatus
from alchemiser.domain.values.numbers import ONE, SHARE
from alchemiser.ports.errors import InputError, PortUnavailableError
from tests.alpaca_data import Row, silent

NOW: Final = datetime(2024, 8, 5, 16, tzinfo=UTC)
SPY: Final = Symbol("SPY")


class Assets:
    """A broker that lists assets."""

    def __init__(self, *rows: Row) -> None:
        self.body = json.dumps(rows).encode()
        self.asked = 0
        self.fails = False

    def get(self, path: str, params: Mapping[str, str]) -> bytes:
        assert (path, params["status"]) == ("/v2/assets", "active")
        self.asked += 1
        if self.fails:
            msg = "the broker does not answer"
            raise PortUnavailableError(msg)
        return self.body


def asset(name: str = "SPY", **changed: object) -> Row:
    row: Row = {"symbol": name, "status": "active", "tradable": True, "fractionable": True}
    return row | {"class": "us_index", "exchange": "MARS", "shortable": True} | changed


def reference(assets: Assets, **statuses: ListingStatus) -> BrokerReference:
    known = {Symbol(name): status for name, status in statuses.items()}
    table = ReferenceTable(statuses=known)
    return BrokerReference(table, assets, VirtualClock(NOW), tell=silent)


def test_a_sound_asset_is_what_the_table_says() -> None:
    """Missing keys and unknown words do not fail the list."""
    found = reference(Assets(asset(), asset("ODD", tradable=None))).instrument(SPY)

    assert found == ReferenceTable().instrument(SPY)
    assert found.quantity_increment == SHARE


@pytest.mark.parametrize(
    "row",
    [
        asset(tradable=False),
        asset(tradable=None),
        asset(status="inactive"),
        asset(status=None),
        asset("OTHER"),
    ],
)
def test_what_the_broker_does_not_trade_is_not_planned(row: Row) -> None:
    assert reference(Assets(row)).instrument(SPY).status is ListingStatus.NOT_TRADABLE


@pytest.mark.parametrize("told", [False, None])
def test_what_is_not_fractionable_trades_in_whole_shares(told: object) -> None:
    found = reference(Assets(asset(fractionable=told))).instrument(SPY)

    assert found.quantity_increment == ONE
    assert found.status is ListingStatus.ACTIVE


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_that_was_given_anew_is_the_share_that_lives(order: int) -> None:
    """What was delisted under the same name may be told beside it, in any order."""
    rows = [asset(), asset(status="inactive", tradable=False)][::order]

    assert reference(Assets(*rows)).instrument(SPY).status is ListingStatus.ACTIVE


def test_the_owners_own_word_on_a_status_stays() -> None:
    found = reference(Assets(asset(tradable=False)), SPY=ListingStatus.HALTED).instrument(SPY)

    assert found.status is ListingStatus.HALTED


def test_the_broker_is_asked_once_a_day() -> None:
    """DA-03: one request for all symbols."""
    assets, clock = Assets(asset()), VirtualClock(NOW)
    both = BrokerReference(ReferenceTable(), assets, clock, tell=silent)

    for name in ("SPY", "QQQ", "TLT"):
        both.instrument(Symbol(name))
    same_day = assets.asked
    clock.advance_to(NOW + timedelta(days=1))
    both.instrument(SPY)

    assert (same_day, assets.asked) == (1, 2)


def test_a_broker_out_of_reach_leaves_what_is_known() -> None:
    told: list[str] = []
    assets, clock = Assets(asset(fractionable=False)), VirtualClock(NOW)
    both = BrokerReference(ReferenceTable(), assets, clock, tell=told.append)
    assets.fails = True

    assert both.instrument(SPY) == ReferenceTable().instrument(SPY)
    clock.advance_to(NOW + timedelta(days=1))
    assets.fails = False
    assert both.instrument(SPY).quantity_increment == ONE
    clock.advance_to(NOW + timedelta(days=2))
    assets.fails = True

    assert both.instrument(SPY).quantity_increment == ONE
    assert len(told) == 2
    with pytest.raises(PortUnavailableError):
        both.refresh()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1]", b'[{"tradable": true}]', b"\xff"])
def test_an_answer_that_is_no_list_is_said_so(body: bytes) -> None:
    assets = Assets()
    assets.body = body

    with pytest.raises(InputError, match="assets"):
        read_assets(assets)
