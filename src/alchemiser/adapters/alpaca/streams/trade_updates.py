"""What happens to the account's orders, told by the broker as it happens."""

import asyncio
from collections.abc import Mapping

from alchemiser.adapters.alpaca.streams.connection import Connection, World
from alchemiser.adapters.alpaca.streams.keys import KeyReader, Keys
from alchemiser.adapters.alpaca.streams.listener import Asking, Listener
from alchemiser.adapters.alpaca.streams.mailbox import Mailbox
from alchemiser.adapters.alpaca.streams.scrutiny import Scrutiny
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.wire import Address
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.errors import AlchemiserError
from alchemiser.ports.errors import PortUnavailableError

NAME = "trade updates"


class TradeUpdates:
    """Tell the reports on the account's orders; implements OrderUpdatesPort.

    The first `next` in an event loop opens the connection; it is kept until that loop ends or
    `close` is called, also between two calls of `next`. What the stream leaves out is asked for
    after each new connection and each message that was not understood.
    """

    def __init__(
        self,
        url: str,
        *,
        keys: Keys,
        asking: Asking,
        world: World,
        settings: StreamSettings | None = None,
    ) -> None:
        """Have no connection yet.

        Args:
            url: Such as `wss://paper-api.alpaca.markets/stream`.
            keys: The account's key.
            asking: Whom to ask after what the stream left out.
            world: Time, chance and the owner's ear.
            settings: How patient to be.
        """
        self._address = Address(url=url, name=NAME)
        self._keys = keys
        self._asking = asking
        self._world = world.afresh()
        self._settings = settings or StreamSettings()
        self._scrutiny = Scrutiny(
            are_names_proven=asking.are_names_proven,
            remembered_max=self._settings.remembered_max,
            tell=world.tell,
        )
        self._line: _Line | None = None

    async def next(self) -> ExecutionReport:
        """Return the next report on any order of the account, once there is one. Cancellable.

        Raises:
            PortUnavailableError: When the broker refuses the stream for good.
        """
        loop = asyncio.get_running_loop()
        if self._line is None or self._line.loop is not loop:
            self._line = self._opened(loop)
        return await self._line.next()

    async def close(self) -> None:
        """Give up the connection; a later `next` opens another. May be called twice."""
        line, self._line = self._line, None
        if line is not None and line.loop is asyncio.get_running_loop():
            await line.close()

    def counts(self) -> Mapping[str, int]:
        """Return how often what has happened, by name."""
        return dict(self._world.counts)

    def _opened(self, loop: asyncio.AbstractEventLoop) -> "_Line":
        settings = self._settings
        mailbox = Mailbox(settings.reports_max, settings.remembered_max, self._world.counts)
        listener = Listener(
            KeyReader(self._keys, settings.step_seconds),
            mailbox,
            asking=self._asking,
            scrutiny=self._scrutiny,
            world=self._world,
            settings=settings,
        )
        connection = Connection(self._address, listener, world=self._world, settings=settings)
        return _Line(loop, connection, mailbox)


class _Line:
    """A connection that is kept up in one loop, and what has come through it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, connection: Connection, mailbox: Mailbox
    ) -> None:
        self.loop = loop
        self._mailbox = mailbox
        self._task = loop.create_task(connection.run())
        self._task.add_done_callback(self._ended)

    async def next(self) -> ExecutionReport:
        while (report := self._mailbox.pop()) is None:
            if self._task.done():
                self._raise_end()
            await self._mailbox.stirred()
        return report

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # it is raised where somebody waits
        self._mailbox.stir()

    def _raise_end(self) -> None:
        if self._task.cancelled():
            raise PortUnavailableError(f"the stream of {NAME} is closed.")
        try:
            self._task.result()
        except AlchemiserError as error:
            raise PortUnavailableError(f"the stream of {NAME} has ended: {error}") from error
