"""Every request to Alpaca: in time, within the budget, repeated only where that is harmless."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from requests.exceptions import RequestException
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from urllib3.exceptions import HTTPError

from alchemiser.adapters.alpaca.budget import Budget, Claim, Quota, wished_wait
from alchemiser.adapters.alpaca.circuit import CircuitBreaker
from alchemiser.adapters.alpaca.client import Keys, RawClient
from alchemiser.adapters.alpaca.failing import in_words, unreached
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.limits import Limits, Rim
from alchemiser.adapters.alpaca.lines import Lines
from alchemiser.adapters.alpaca.refusals import is_key_refused, is_told, lacks_address, told
from alchemiser.adapters.alpaca.trust import unproved
from alchemiser.adapters.alpaca.wire import Answer, Attempt, Deadline, exchange
from alchemiser.ports.errors import (
    AuthenticationError,
    OutcomeUnknownError,
    PortRejectedError,
    PortUnavailableError,
)

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_DEADLINE: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_GRACE: Final = 0.5
"""Seconds past its deadline that a call may take to say so itself."""
_PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that time mends."""


__all__ = ["Answer", "Asker", "Limits", "RefusedError", "Rim", "Transport"]


class RefusedError(PortRejectedError):
    """Mark a read that was refused for good; `answer` holds the server's words."""

    def __init__(self, text: str, answer: Answer) -> None:
        """Tell `text`."""
        super().__init__(text)
        self.answer = answer


class _PassingError(PortUnavailableError):
    """Mark a try that failed and may succeed in a while; after `wait` seconds if that is known."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait


class Transport:
    """Ask one server of Alpaca; one a server; for any thread."""

    def __init__(self, url: str, keys: Keys, rim: Rim, limits: Limits | None = None) -> None:
        """Talk to `url`, such as `https://paper-api.alpaca.markets`, which has no path.

        Args:
            url: Scheme and host.
            keys: Tells the key of the account.
            rim: Time, chance and counters.
            limits: What calls may take.
        """
        self._limits = limits or Limits()
        self._rim = rim
        self._client = RawClient(url.rstrip("/"), keys, self._limits.connections)
        self._lines = Lines(self._limits.connections)
        self._circuit = self._breaker()
        self._budget = Budget(rim.stopwatch, self._limits.per_minute)

    def beside(self) -> "Transport":
        """Return another way to the same server: of one key, one budget and the same connections.

        Failures on one do not close the other, as where one of two feeds is down.
        """
        other = copy(self)
        other._circuit = self._breaker()  # noqa: SLF001 - another of its own kind
        return other

    def _breaker(self) -> CircuitBreaker:
        limits = self._limits
        return CircuitBreaker(self._rim.stopwatch, failures=limits.failures, rest=limits.rest)

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Hold all requests that one thread makes within to the time limit of a single one."""
        token = _DEADLINE.set(Deadline(self._rim.stopwatch, self._limits.total))
        try:
            yield
        finally:
            _DEADLINE.reset(token)

    def get(self, path: str, params: Mapping[str, str] = _NOTHING) -> bytes:
        """Return the body of a read, as `read` does.

        Raises:
            PortUnavailableError: As `read`.
            RefusedError: As `read`.
            AuthenticationError: As `read`.
        """
        return self.read(path, params).body

    def read(self, path: str, params: Mapping[str, str] = _NOTHING) -> Answer:
        """Return the answer to a read; what may pass is tried again within the time limit.

        Args:
            path: With its version, such as `/v2/account`.
            params: The query.

        Raises:
            PortUnavailableError: When it cannot be read now.
            RefusedError: When it is refused for good; a PortRejectedError.
            AuthenticationError: When the key is refused; a PortRejectedError.
        """
        return self._answered(path, params, self._deadline())

    def asking(self, pages: int = 0, rounds: int = 1) -> "Asker":
        """Return what reads within the time limit of one call and of `pages` pages of a list.

        All of its requests are made within that time together, from whichever threads; each with
        its repetitions within the time limit of one call, or its part of that where what has no
        answer is asked again in other rounds.
        """
        limits, each = self._limits, self._limits.total / rounds
        whole = Deadline(self._rim.stopwatch, limits.total + pages * limits.page)
        return Asker(lambda path, params: self._answered(path, params, whole.within(each)))

    def _answered(self, path: str, params: Mapping[str, str], deadline: Deadline) -> Answer:
        again = Retrying(
            retry=retry_if_exception_type(_PassingError),
            wait=self._wait,
            stop=lambda state: self._is_enough(state, deadline),
            sleep=lambda seconds: self._pause(seconds, f"GET {path}"),
            before_sleep=lambda state: self._rim.health.count("retry", _told(state)),
            reraise=True,
        )
        return again(self._read, path, params, deadline)

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, str] | None,
        params: Mapping[str, str] = _NOTHING,
    ) -> Answer:
        """Return the answer to a request that changes something, whatever its status; sent once.

        A request whose key was refused did nothing: it is sent again if there is a newer key.

        Args:
            method: POST, PATCH or DELETE.
            path: With its version, such as `/v2/orders`.
            body: Sent as JSON; None for DELETE.
            params: The query of DELETE.

        Raises:
            OutcomeUnknownError: When it may have been received.
            PortUnavailableError: When it never left this machine.
            AuthenticationError: When the key is refused.
        """
        deadline = self._deadline()
        return self._ask(method, path, params if body is None else body, deadline)

    def quota(self) -> Quota:
        """Return what the server last said of its own count of requests."""
        return self._budget.quota()

    def health(self) -> Health:
        """Return the counts of what had to be mended."""
        return self._rim.health

    def close(self) -> None:
        """Take no more calls; those under way end within their time limits."""
        self._lines.close()
        self._client.close()

    def _deadline(self) -> Deadline:
        return _DEADLINE.get() or Deadline(self._rim.stopwatch, self._limits.total)

    def _read(self, path: str, params: Mapping[str, str], deadline: Deadline) -> Answer:
        try:
            answer = self._ask("GET", path, params, deadline)
        except OutcomeUnknownError as error:  # a read changes nothing
            raise _PassingError(str(error)) from error
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        text = f"Alpaca refused GET {path} with {answer.status}: {told(answer)[1]}"
        passing = answer.status in _PASSING or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if passing or not is_told(answer) or lacks_address(answer):  # it is not Alpaca's word
            raise _PassingError(text, wished_wait(answer.headers))
        raise RefusedError(text, answer)

    def _ask(self, method: str, path: str, data: Mapping[str, str], deadline: Deadline) -> Answer:
        answer = self._exchange(method, path, data, deadline)
        if is_key_refused(answer):
            text = f"Alpaca refuses the key with {answer.status}: give it one that may trade here."
            self._rim.health.tell("key_refused", text)
            raise AuthenticationError(text)
        return answer

    def _exchange(
        self, method: str, path: str, data: Mapping[str, str], deadline: Deadline
    ) -> Answer:
        what = f"{method} {path}"
        claim = Claim.of(method, path)
        if not self._circuit.admits() and claim is not Claim.CANCEL:
            raise PortUnavailableError(f"Alpaca has failed too often: {what} was not sent.")
        self._ration(what, deadline, claim)
        limits = self._limits
        attempt = Attempt(deadline, connect=limits.connect, read=limits.read)
        try:
            answer = self._in_thread(attempt, lambda: self._client.ask(method, path, data))
        except (PortUnavailableError, OutcomeUnknownError) as error:
            self._failed(str(error))
            raise
        exhausted = answer.status == HTTPStatus.TOO_MANY_REQUESTS
        self._budget.told(answer.headers, exhausted=exhausted)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._failed(f"{what}: {answer.status}")
        else:
            self._circuit.succeeded()
        return answer

    def _in_thread(self, attempt: Attempt, ask: Callable[[], Answer]) -> Answer:
        seconds = max(attempt.deadline.left(), 0.0) + _GRACE
        try:
            return self._lines.call(lambda: exchange(attempt, ask), seconds)
        except (RequestException, HTTPError, OSError) as error:
            why = unproved(error)
            if why is not None:  # the next try would prove no more
                raise PortUnavailableError(f"{why}.") from error
            if attempt.sent:
                raise OutcomeUnknownError(f"Alpaca gave no answer ({in_words(error)}).") from error
            raise _PassingError(unreached(error)) from error

    def _ration(self, what: str, deadline: Deadline, claim: Claim) -> None:
        with self._budget.line(claim) as take:
            while seconds := take():
                self._rim.health.count("rationed", what)
                if seconds >= deadline.left():
                    text = f"The request budget is used up: {what} was not sent."
                    raise PortUnavailableError(text)
                self._pause(seconds, what)

    def _pause(self, seconds: float, what: str) -> None:
        if not self._rim.pause(seconds):
            raise PortUnavailableError(f"The connection to Alpaca is closed: {what} was given up.")

    def _failed(self, text: str) -> None:
        self._rim.health.count("failure", text)
        if self._circuit.failed():
            self._rim.health.tell("circuit_open", f"Alpaca is left alone for a while: {text}")

    def _wait(self, state: RetryCallState) -> float:
        """Return seconds: exponential with full jitter, or what the server asks for and a bit."""
        limits, error = self._limits, _error(state)
        longest: float = min(limits.wait * 2 ** (state.attempt_number - 1), limits.wait_max)
        jitter = longest * self._rim.chance()
        if isinstance(error, _PassingError) and error.wait is not None:
            return min(error.wait, limits.wait_max) + jitter
        return jitter

    def _is_enough(self, state: RetryCallState, deadline: Deadline) -> bool:
        return state.attempt_number >= self._limits.tries or state.upcoming_sleep >= deadline.left()


@dataclass(frozen=True, slots=True)
class Asker:
    """Read until a deadline; for any thread."""

    _answered: Callable[[str, Mapping[str, str]], Answer]

    def get(self, path: str, params: Mapping[str, str] = _NOTHING) -> bytes:
        """Return the body of a read, as `Transport.read` does; after the deadline at once.

        Raises:
            PortUnavailableError: When it cannot be read now.
            RefusedError: When it is refused for good; a PortRejectedError.
            AuthenticationError: When the key is refused; a PortRejectedError.
        """
        return self._answered(path, params).body


def _error(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


def _told(state: RetryCallState) -> str:
    return str(_error(state))
