"""The key in AWS Secrets Manager."""

import json
from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from alchemiser.adapters.secrets.checking import KEY_ID, SECRET_KEY, checked
from alchemiser.domain.values.credentials import Credentials
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError

if TYPE_CHECKING:
    from datetime import datetime

_SECONDS: Final = 5
_TRIES: Final = 2
_UNUSABLE: Final = frozenset({
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidParameterException",
    "InvalidRequestException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
    "ValidationException",
})
"""What Secrets Manager says when asking again is useless."""


class AwsKeys:
    """Read the secret `name`: JSON with `key_id` and `secret_key`."""

    def __init__(self, name: str, region: str | None = None, endpoint: str | None = None) -> None:
        """Ask in `region`.

        Args:
            name: The secret's name or ARN.
            region: None takes the one that the AWS configuration of this user says.
            endpoint: Another address of the service, for tests.
        """
        self._name = name
        self._region = region
        self._endpoint = endpoint

    def read(self) -> Credentials:
        """Return the key.

        Raises:
            SettingsError: When boto3 is not installed, there is no such secret, it may not be
                read, or holds no key.
            PortUnavailableError: When the service cannot be reached.
        """
        where = f"the secret {self._name} of AWS Secrets Manager"
        answer = self._asked(where)
        created: datetime | None = answer.get("CreatedDate")
        since = None if created is None else created.astimezone(UTC)
        return checked(
            _parsed(answer.get("SecretString"), where), (KEY_ID, SECRET_KEY), where, since
        )

    def _asked(self, where: str) -> dict[str, Any]:
        client = self._client
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra

        try:
            answer: dict[str, Any] = client.get_secret_value(SecretId=self._name)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _UNUSABLE:
                msg = f"{where} cannot be read ({code}): mend its name or your right to it."
                raise SettingsError(msg) from error
            msg = f"{where} cannot be read now ({code}): no other place is looked at, try again."
            raise PortUnavailableError(msg) from error
        except BotoCoreError as error:
            msg = (
                f"{where} cannot be reached ({type(error).__name__}): "
                "no other place is looked at, see to the network and your AWS configuration."
            )
            raise PortUnavailableError(msg) from error
        return answer

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        try:
            import boto3  # noqa: PLC0415 - an extra
            from botocore.config import Config  # noqa: PLC0415
            from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        except ModuleNotFoundError as error:
            msg = 'provider = "aws" needs boto3: install alchemiser[aws].'
            raise SettingsError(msg) from error
        patience = Config(
            connect_timeout=_SECONDS,
            read_timeout=_SECONDS,
            retries={"total_max_attempts": _TRIES, "mode": "standard"},
        )
        try:
            return boto3.session.Session().client(
                "secretsmanager",
                region_name=self._region,
                endpoint_url=self._endpoint,
                config=patience,
            )
        except BotoCoreError as error:
            msg = f"AWS cannot be asked ({type(error).__name__}): write region under [secrets]."
            raise SettingsError(msg) from error


def _parsed(text: object, where: str) -> dict[str, object]:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    msg = f'{where} is no JSON object: store {{"{KEY_ID}": "…", "{SECRET_KEY}": "…"}}.'
    raise SettingsError(msg)
