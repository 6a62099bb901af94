"""The commands about the account and its books."""

from typing import Annotated

import typer

from alchemiser.entrypoints.cli.doing import do
from alchemiser.entrypoints.cli.options import AsJson, Common, Config


def go_live(
    context: typer.Context,
    *,
    account: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Its number, where nobody can be asked to type it."),
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Confirm, once, that the account is traded with real money."""
    common = Common(as_json=as_json, config=config)
    return do("live.confirm", context, common, account)


def reconcile(
    context: typer.Context,
    *,
    adopt: Annotated[
        str | None,
        typer.Option(metavar="SYMBOL", help="Where the broker is right; `cash` for its money."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is; recorded.")] = "",
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Book what happened in the account, and compare books and broker."""
    common = Common(as_json=as_json, config=config)
    return do("reconcile.reconcile", context, common, adopt, reason)


def tax(
    context: typer.Context,
    *,
    year: Annotated[
        int | None,
        typer.Option(min=1990, max=2100, help="Which year; that of the last record by default."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(metavar="fifo|highest-cost", help="Which lots are sold first; see [tax]."),
    ] = None,
    sell: Annotated[
        str | None,
        typer.Option(metavar="SYMBOL=QUANTITY", help="Estimate what this sale would cost."),
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Show gains, wash sales and lots for planning; it is no advice."""
    common = Common(as_json=as_json, config=config)
    return do("tax.tax", context, common, year, method, sell)


def parity(  # noqa: PLR0913 - one argument an option
    context: typer.Context,
    *,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First session; by default the first decided."),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last session.")] = None,
    alpha: Annotated[
        float, typer.Option(metavar="CHANCE", help="Of a false alarm of drift, ever.")
    ] = 0.01,
    alert: Annotated[
        bool, typer.Option("--alert", help="Tell the owner what is new and wrong; for a daily job.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> int:
    """Compare what was decided and gained with the backtest of the same sessions."""
    common = Common(as_json=as_json, config=config)
    return do("parity.parity", context, common, (start, end), alpha, alert)
