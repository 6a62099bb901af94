"""What no key can be: absent, empty, or what an example shows in its place."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from alchemiser.domain.values.credentials import Credentials, credentials
from alchemiser.domain.values.errors import SettingsError

KEY_ID: Final = "key_id"
SECRET_KEY: Final = "secret_key"  # noqa: S105 - the name of a field
_PLACEHOLDER: Final = re.compile(
    r"""[<{$%].*               # <your key>, ${KEY}, {{ key }}
    |.*(?:your|change|replace|insert|paste|placeholder|example|dummy|redacted|todo).*
    |[x*.\-_?]+                # xxxx, ****
    |none|null|key|secret|password|(?:api|secret)[-_]?key(?:[-_]?id)?""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NOT_A_KEY: Final = re.compile(r"[^\x21-\x7e]")


def checked(
    values: Mapping[str, object], names: tuple[str, str], where: str, since: datetime | None = None
) -> Credentials:
    """Return the two halves of a key.

    Args:
        values: What the provider has, by name.
        names: What it calls the key's name and its proof.
        where: Where that is, as a message goes on: `the environment`.
        since: From when on the key is in use, UTC.

    Raises:
        SettingsError: When one is missing, empty, a placeholder or no key; names it, no value.
    """
    key_id, secret_key = (_checked(values.get(name), name, where) for name in names)
    return credentials(key_id, secret_key, since)


def _checked(value: object, name: str, where: str) -> str:
    if value is None:
        problem = "is missing"
    elif not isinstance(value, str):
        problem = "is no text"
    elif not value.strip():
        problem = "is empty"
    elif _PLACEHOLDER.fullmatch(value.strip()):
        problem = "is a placeholder"
    elif _NOT_A_KEY.search(value):
        problem = "holds blanks or characters that no key has"
    else:
        return value
    msg = f"{name} {problem} in {where}: put the broker's key there; no other place is looked at."
    raise SettingsError(msg)
