"""What tables have to agree on: whose money moves, and where it is."""

from collections.abc import Mapping

from alchemiser.domain.values.purse import Purse, disagreement, is_loopback, purse_of_url
from alchemiser.settings.sections import Account, Broker, Data
from alchemiser.settings.trading import StrategySettings


def check_mode(account: Account, broker: Broker, data: Data) -> None:
    """Prove that broker and data are those of the account's mode.

    Raises:
        ValueError: When they are not.
    """
    simulated = account.mode == "simulated"
    for table, adapter in (("broker", broker.adapter), ("data", data.adapter)):
        if (adapter == "alpaca") == simulated:
            wanted = "another adapter" if simulated else 'adapter = "alpaca"'
            msg = (
                f'[account] mode = "{account.mode}" does not go with [{table}] adapter = '
                f'"{adapter}": write {wanted} there, or another mode'
            )
            raise ValueError(msg)
    if simulated and data.secondary is not None and data.secondary.adapter == "alpaca":
        msg = (
            '[account] mode = "simulated" does not go with [data.secondary] adapter = "alpaca": '
            'write adapter = "files" there, or another mode'
        )
        raise ValueError(msg)
    if not simulated:
        _check_addresses(Purse(account.mode), broker, data)


def _check_addresses(mode: Purse, broker: Broker, data: Data) -> None:
    """Prove that all addresses are those of `mode`, or all on this machine.

    Raises:
        ValueError: When they are not.
    """
    written = [url for url in (broker.trading_url, broker.stream_url) if url is not None]
    purses = {purse_of_url(url) for url in written} or {mode}
    for purse in sorted(purses):
        refused = disagreement(mode, url=purse, key=mode)
        if refused is not None:
            raise ValueError(refused.sentence())
    addresses = [broker.trading_url or "", data.url]
    addresses += [url for url in (broker.stream_url, data.stream_url) if url is not None]
    if len({is_loopback(url) for url in addresses}) > 1:
        msg = (
            "some of trading_url, stream_url and [data] url are on this machine and some are not: "
            "write all that the venue prints, or none"
        )
        raise ValueError(msg)


def check_pinned(strategies: Mapping[str, StrategySettings]) -> None:
    """Prove that what trades live is pinned.

    Raises:
        ValueError: When a strategy has no version or no hash.
    """
    for name, row in strategies.items():
        if row.version is None or row.hash is None:
            msg = (
                f"[strategies.{name}] trades live and is not pinned: write version and hash, "
                "as `alchemiser plugins list` tells them"
            )
            raise ValueError(msg)
