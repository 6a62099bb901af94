"""Paper and live money are never mixed up: mode, key, address and account number must agree."""

from itertools import product

import pytest

from alchemiser.domain.values.credentials import (
    Credentials,
    LiveCredentials,
    PaperCredentials,
    credentials,
)
from alchemiser.domain.values.purse import (
    Purse,
    PurseCode,
    disagreement,
    is_loopback,
    purse_of_account,
    purse_of_key,
    purse_of_url,
)

PAPER, LIVE, LOCAL, UNKNOWN = Purse.PAPER, Purse.LIVE, Purse.LOCAL, Purse.UNKNOWN
KINDS = (PAPER, LIVE)


@pytest.mark.parametrize(("mode", "key", "url", "account"), list(product(KINDS, repeat=4)))
def test_orders_for_live_money_go_out_when_all_four_say_live(
    mode: Purse, key: Purse, url: Purse, account: Purse
) -> None:
    """SX-08, E02, invariant 42: of sixteen combinations one trades live, and one on paper."""
    refused = disagreement(mode, url=url, key=key, account=account)

    assert (refused is None) == (len({mode, key, url, account}) == 1)
    assert (refused is None and mode is LIVE) == ({mode, key, url, account} == {LIVE})


@pytest.mark.parametrize(
    ("mode", "url", "key", "account", "code"),
    [
        (PAPER, LIVE, PAPER, PAPER, PurseCode.ADDRESS),
        (LIVE, LOCAL, LIVE, LIVE, PurseCode.ADDRESS),
        (PAPER, UNKNOWN, PAPER, PAPER, PurseCode.ADDRESS),
        (LIVE, UNKNOWN, LIVE, LIVE, PurseCode.ADDRESS),
        (PAPER, PAPER, LIVE, PAPER, PurseCode.KEY),
        (PAPER, PAPER, UNKNOWN, PAPER, PurseCode.KEY),
        (LIVE, LIVE, UNKNOWN, LIVE, PurseCode.KEY),
        (PAPER, LOCAL, LIVE, PAPER, PurseCode.KEY),
        (PAPER, PAPER, PAPER, LIVE, PurseCode.ACCOUNT),
        (PAPER, LOCAL, UNKNOWN, LIVE, PurseCode.ACCOUNT),
        (LIVE, LIVE, LIVE, PAPER, PurseCode.ACCOUNT),
    ],
)
def test_what_does_not_agree_is_named(
    mode: Purse, url: Purse, key: Purse, account: Purse, code: PurseCode
) -> None:
    """SX-08."""
    refused = disagreement(mode, url=url, key=key, account=account)

    assert refused is not None
    assert refused.code is code
    assert refused.limit is mode
    assert refused.code in refused.sentence()


@pytest.mark.parametrize("key", [PAPER, UNKNOWN])
@pytest.mark.parametrize("account", [None, PAPER])
def test_a_venue_on_this_machine_takes_any_key_that_opens_no_live_account(
    key: Purse, account: Purse | None
) -> None:
    assert disagreement(PAPER, url=LOCAL, key=key, account=account) is None


@pytest.mark.parametrize(
    ("url", "purse"),
    [
        ("https://paper-api.alpaca.markets", PAPER),
        ("https://paper-api.alpaca.markets:443/", PAPER),
        ("wss://paper-api.alpaca.markets/stream", PAPER),
        ("https://api.alpaca.markets", LIVE),
        ("https://API.alpaca.markets", LIVE),
        ("http://127.0.0.1:8080", LOCAL),
        ("ws://127.0.0.1:8080/stream", LOCAL),
        ("http://localhost:1", LOCAL),
        ("http://[::1]:8080", LOCAL),
        ("http://api.alpaca.markets", UNKNOWN),
        ("https://api.alpaca.markets:8443", UNKNOWN),
        ("https://api.alpaca.markets.example.org", UNKNOWN),
        ("https://example.org/api.alpaca.markets", UNKNOWN),
        ("https://api.alpaca.markets@example.org", UNKNOWN),
        ("https://127.0.0.1@example.org", UNKNOWN),
        ("http://127.0.0.1.example.org", UNKNOWN),
        ("http://localhost.example.org", UNKNOWN),
        ("http://user@127.0.0.1", UNKNOWN),
        ("http://127.0.0.1:99999", UNKNOWN),
        ("http://127.0.0.1:port", UNKNOWN),
        ("http://127.0.0.1:0", UNKNOWN),
        ("http://192.168.0.2", UNKNOWN),
        ("http://0.0.0.0", UNKNOWN),
        ("https://user:word@api.alpaca.markets", UNKNOWN),
        ("https://api.alpaca.markets:port", UNKNOWN),
        ("http://[::1", UNKNOWN),
        ("api.alpaca.markets", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_the_host_of_an_address_decides(url: str, purse: Purse) -> None:
    """SX-08."""
    assert purse_of_url(url) is purse
    assert is_loopback(url) == (purse is LOCAL)


def test_the_first_letters_of_keys_and_account_numbers_decide() -> None:
    assert [purse_of_key(key) for key in ("PKABC", "AKABC", "pkabc", "CKABC", "K", "")] == [
        PAPER,
        LIVE,
        *[UNKNOWN] * 4,
    ]
    assert purse_of_account("PA3ABCDEFGHI") is PAPER
    assert purse_of_account("123456789") is LIVE


@pytest.mark.parametrize(
    ("key_id", "kind"),
    [("PKABC", PaperCredentials), ("AKABC", LiveCredentials), ("any", Credentials)],
)
def test_keys_for_paper_and_for_live_money_are_of_different_types(
    key_id: str, kind: type[Credentials]
) -> None:
    """SX-08."""
    found = credentials(key_id, "proof")

    assert type(found) is kind
    assert found.purse() is purse_of_key(key_id)
    assert key_id not in repr(found)
    assert "proof" not in repr(found)
