"""What Dask logs by itself, on the error stream, where people are told one sentence."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TALKERS: Final = ("distributed", "tornado", "asyncio")
_NEVER: Final = logging.CRITICAL + 1


@contextmanager
def quiet() -> Iterator[None]:
    """Let Dask's client log nothing meanwhile: what it would say is told as an error of ours."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _TALKERS]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(_NEVER)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
