"""Whether a scheduler and its workers can do the work, asked before a client is there.

Dask's own client waits without limit for the greeting of whoever takes the connection. Here every
question has its limit, and whatever a stranger answers ends in one sentence.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

from distributed import Security
from distributed.comm import connect
from distributed.core import send_recv
from distributed.versions import get_versions

from alchemiser.domain.values.errors import SettingsError

SECONDS_MAX: Final = 10
"""How long the scheduler may take to answer, its first worker to be there, and all of them to tell
their versions."""
PAUSE_SECONDS: Final = 0.1
"""How long after a scheduler has told of no worker it is asked again."""
PACKAGES: Final = ("alchemiser", "numpy", "msgspec")
"""What results may depend on, besides Python."""

_Answer = TypeVar("_Answer")
Told = Mapping[str, Any]
"""An answer of Dask's, whose shape it does not promise."""


def greet(address: str) -> None:
    """Prove that a scheduler answers at `address`, and return once it has a worker.

    Raises:
        SettingsError: When none answers within `SECONDS_MAX`, or has no worker within as many more.
    """
    if _identity(address) is None:
        msg = (
            f"no Dask scheduler answers at {address} within {SECONDS_MAX} seconds: start one, or "
            "leave out --cluster."
        )
        raise SettingsError(msg)
    if asyncio.run(_within(_until_it_works(address))) is None:
        msg = (
            f"the Dask scheduler at {address} has no workers, {SECONDS_MAX} seconds on: start some "
            f"with `dask worker {address}`."
        )
        raise SettingsError(msg)


def works(address: str) -> bool:
    """Say whether the scheduler at `address` answers within `SECONDS_MAX`, and has a worker."""
    return bool(_identity(address))


def compared(address: str) -> tuple[str, ...]:
    """Return the workers of the scheduler at `address`, which are proven to have our versions.

    Raises:
        SettingsError: Naming the first that has not, or when they do not tell.
    """
    question = {"op": "versions", "packages": list(PACKAGES)}
    told = asyncio.run(_within(_asked(address, op="broadcast", msg=question)))
    if not isinstance(told, dict):
        msg = (
            f"not all workers of {address} tell their versions within {SECONDS_MAX} seconds: "
            "restart them."
        )
        raise SettingsError(msg)
    _compare(told)
    return tuple(sorted(told))


def _identity(address: str) -> Told | None:
    """Return the workers of the scheduler at `address`, or None where there is none."""
    return asyncio.run(_within(_workers(address)))


async def _until_it_works(address: str) -> Told:
    """Return the workers of the scheduler at `address` once there is one; there is no limit."""
    while not (workers := await _workers(address)):
        # Nothing but another question tells of a worker that has come.
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), PAUSE_SECONDS)
    return workers


async def _workers(address: str) -> Told | None:
    told = await _asked(address, op="identity")
    workers = told.get("workers") if isinstance(told, dict) else None
    return workers if isinstance(workers, dict) else None


async def _within(asked: Coroutine[Any, Any, _Answer]) -> _Answer | None:
    """Return the answer, or None where none came in time, or one that cannot be read.

    What a stranger sends may fail to be read in any way at all.
    """
    task = asyncio.ensure_future(asked)
    await asyncio.wait({task}, timeout=SECONDS_MAX)
    if not task.done():
        task.cancel()
        return None
    return None if task.exception() is not None else task.result()


async def _asked(address: str, **question: object) -> Any:  # noqa: ANN401 - Dask's
    """Return what whoever is at `address` answers; there is no limit here."""
    secrets = Security().get_connection_args("client")
    comm = await connect(address, timeout=SECONDS_MAX, **secrets)
    try:
        return await send_recv(comm, **question)
    finally:
        comm.abort()


def _compare(workers: Mapping[str, Told]) -> None:
    """Prove that every worker has our versions.

    Raises:
        SettingsError: Naming the first that has not.
    """
    mine = _versions(get_versions(packages=PACKAGES))
    for worker, about in sorted(workers.items()):
        found = _versions(about)
        if found != mine:
            msg = f"worker {worker} has {_told(found)}, and here is {_told(mine)}: make them equal."
            raise SettingsError(msg)


def _versions(about: Told) -> dict[str, str | None]:
    python = about["host"]["python"].split(".")
    found = {"Python": ".".join(python[:2])}
    return {**found, **{name: about["packages"].get(name) for name in PACKAGES}}


def _told(versions: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
