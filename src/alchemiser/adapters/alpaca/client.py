"""alpaca-py's own client, kept to what it knows best: addresses, headers and how to send."""

from collections.abc import Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any, Final, Protocol, cast

from alpaca.common.rest import RESTClient

from alchemiser.adapters.alpaca.wire import Answer, read_answer, session

USER_AGENT: Final = "alchemiser"


class Secret(Protocol):
    """A word that is shown nowhere but where it is used."""

    def reveal(self) -> str:
        """Return it."""


class Keys(Protocol):
    """Tell the key of an account."""

    def __call__(self, *, refresh: bool) -> tuple[str, Secret]:
        """Return its id and its secret; read anew where they are kept when `refresh`."""


class RawClient(RESTClient):
    """Send one request and return its answer as bytes; no model, no retry, no float."""

    def __init__(self, url: str, keys: Keys, connections: int) -> None:
        """Talk to `url`, such as `https://paper-api.alpaca.markets`."""
        # The library wants its keys at once and for ever; ours are read at the first call.
        super().__init__(base_url=url, api_key="-", secret_key="-", raw_data=True)  # noqa: S106
        self._session = session(connections, secure=url.startswith("https://"))
        self._retry_codes = []
        self._keys = keys
        self._lock = Lock()
        self._pair: tuple[str, Secret] | None = None

    def ask(self, method: str, path: str, data: Mapping[str, str] | None) -> Answer:
        """Return the answer to one request; a refused key is read anew and tried once more.

        Args:
            method: Such as `GET`.
            path: With its version, such as `/v2/account`.
            data: The query of GET and DELETE, else the body.
        """
        _, version, rest = path.split("/", 2)
        sent = None if data is None else dict(data)

        def once() -> Answer:
            return cast("Answer", self._request(method, f"/{rest}", sent, api_version=version))

        answer = once()
        if answer.status == HTTPStatus.UNAUTHORIZED and self._refresh():
            return once()
        return answer

    def close(self) -> None:
        """Give up the connections."""
        self._session.close()

    def _refresh(self) -> bool:
        """Read the keys anew; say whether they are others than before."""
        with self._lock:
            before = self._pair
            self._pair = self._keys(refresh=True)
            return before is None or _revealed(before) != _revealed(self._pair)

    def _one_request(self, method: str, url: str, opts: dict[str, Any], retry: int) -> Any:  # noqa: ANN401, ARG002
        return read_answer(self._session.request(method, url, stream=True, **opts))

    def _get_default_headers(self) -> dict[str, str]:
        with self._lock:
            if self._pair is None:
                self._pair = self._keys(refresh=False)
            name, secret = self._pair
        return {
            "APCA-API-KEY-ID": name,
            "APCA-API-SECRET-KEY": secret.reveal(),
            "User-Agent": USER_AGENT,
        }


def _revealed(pair: tuple[str, Secret]) -> tuple[str, str]:
    return pair[0], pair[1].reveal()
