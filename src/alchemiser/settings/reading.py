"""Reading TOML: one plain sentence for whatever is wrong with the file."""

import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from alchemiser.domain.values.errors import SettingsError

BYTES_MAX: Final = 1_000_000


def read_toml(path: Path) -> dict[str, object]:
    """Return the tables of the file at `path`, fractions as exact decimals.

    Raises:
        SettingsError: When the file is absent, unreadable, too large or not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
    except FileNotFoundError as error:
        msg = f"{path} does not exist: write one with `alchemiser init`, or name another."
        raise SettingsError(msg) from error
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}): name a file that can be."
        raise SettingsError(msg) from error
    if len(content) > BYTES_MAX:
        msg = f"{path} is larger than {BYTES_MAX} bytes: that is no configuration, name another."
        raise SettingsError(msg)
    return _parsed(content, path.name)


def _parsed(content: bytes, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        msg = f"{name} is not UTF-8 text: save it in that encoding."
        raise SettingsError(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"{name} is not valid TOML: {error}; mend that place."
        raise SettingsError(msg) from error
    except (InvalidOperation, RecursionError, ValueError) as error:
        # Python itself bounds the digits of a number and the depth of a table.
        msg = f"{name} holds a number too long or a table too deep: write it plainly."
        raise SettingsError(msg) from error
