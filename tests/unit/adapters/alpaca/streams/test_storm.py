"""Two hundred misbehaviours in a row, and every fill is known exactly once."""

import asyncio
import json
import random

from alchemiser.ports.errors import PortUnavailableError
from tests.unit.adapters.alpaca.streams.server import (
    AUTHORIZED,
    LISTENING,
    UNAUTHORIZED,
    Bench,
    Fields,
    Talk,
    event,
    fill,
    play,
    serving,
    telling,
    told,
    until,
)

CONNECTIONS = 200
HURRIED = {
    "open_seconds": 0.1,
    "step_seconds": 0.05,
    "close_seconds": 0.05,
    "backoff_min": 0.001,
    "backoff_max": 0.01,
    "reaping_seconds": 0.01,
    "refusals_max": 1000,
    "reports_max": 50,
    "frame_bytes_max": 50_000,
    "stale_seconds": 0.05,
    "grace_seconds": 0.02,
}


class Storm:
    """A broker whose every connection goes wrong in a drawn way, but for those after the last."""

    def __init__(self, seed: int, bench: Bench) -> None:
        self.draw = random.Random(seed)
        self.bench = bench
        self.connections = 0
        self.happened: list[Fields] = []
        self._filled = dict.fromkeys("123456789", 0)

    async def play(self, talk: Talk) -> None:
        self.connections += 1
        if self.connections > CONNECTIONS:
            await telling()(talk)
        elif self.draw.random() < 0.4:
            await self._fail_to_greet(talk)
        else:
            await talk.login()
            self._fill_some()
            await talk.say(*self._shown())
            await self._end(talk)

    async def _fail_to_greet(self, talk: Talk) -> None:
        how = self.draw.randrange(7)
        if how:
            await talk.hear()
        answers: list[list[object]] = [
            [],
            [],
            [[{"T": "error", "code": 404}]],
            [[{"T": "error", "code": 406}]],
            [UNAUTHORIZED],
            [AUTHORIZED],
            [AUTHORIZED, LISTENING, {"action": "error"}],
        ]
        await talk.say(*answers[how])
        if how in {1, 5}:
            await talk.stay()

    def _fill_some(self) -> None:
        for _ in range(self.draw.randrange(6)):
            order = self.draw.choice(list(self._filled))
            self._filled[order] += 1
            self.happened.append(fill(self._filled[order], of=1000, order=order))
        self.bench.rows = [told(one) for one in self.happened]
        if self.draw.random() < 0.3:
            self.bench.failures.append(PortUnavailableError("the broker cannot be asked."))

    def _shown(self) -> list[Fields]:
        """Return some of the last fills, some twice, in any order."""
        shown = [one for one in self.happened[-8:] if self.draw.random() < 0.7]
        shown += shown[:1]
        self.draw.shuffle(shown)
        return shown

    async def _end(self, talk: Talk) -> None:
        match self.draw.randrange(8):
            case 0:
                talk.cut()
            case 1:
                await talk.socket.close(self.draw.choice([1000, 1001, 1011, 4000]))
            case 2:
                await talk.socket.send(b"\xc1")
            case 3:
                await talk.socket.send(" " * 60_000)
            case 4:
                await talk.say({"stream": "trade_updates", "data": None}, {"action": "error"})
            case 5:
                await talk.say([{"T": "error", "code": 407, "msg": "slow client"}])
            case 6:
                await asyncio.sleep(0.1)
            case _:
                text = json.dumps(event("unheard_of"))
                await talk.socket.send([text[:20], text[20:]])


def test_every_fill_is_known_once_after_two_hundred_misbehaviours() -> None:
    """TE-09, RS-06, B01-B11: the broker's answers fail at times too."""
    bench = Bench(expects=True, proven=False).patient(**HURRIED)
    storm, names = Storm(38, bench), list[str]()

    async def scenario() -> None:
        async with serving(storm.play) as server:
            client = bench.client(server.url)

            async def read() -> None:
                while True:
                    names.append((await client.next()).exec_id)

            reading = asyncio.create_task(read())
            await until(
                lambda: storm.connections > CONNECTIONS and len(names) >= len(storm.happened), 60
            )
            await asyncio.sleep(0.2)
            reading.cancel()
            await client.close()

    play(scenario)

    assert len(names) > CONNECTIONS
    assert sorted(names) == sorted(told(one).exec_id for one in storm.happened)
