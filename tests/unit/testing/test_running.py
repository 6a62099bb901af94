"""Numbered cases can be run without pytest, each on a bench of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from alchemiser.ports.errors import PortUnavailableError
from alchemiser.testing.contracts.broker import BrokerContract
from alchemiser.testing.contracts.broker_many import BrokerManyContract
from alchemiser.testing.contracts.broker_on_close import OnCloseContract
from alchemiser.testing.contracts.broker_refusals import BrokerRefusalsContract
from alchemiser.testing.contracts.market_data import MarketDataContract
from alchemiser.testing.contracts.market_prices import MarketPricesContract
from alchemiser.testing.contracts.running import Result, numbered, run_cases
from tests.contracts.test_broker import Cases, bench_of
from tests.simulated_venue import world

ALL = (
    BrokerContract,
    BrokerRefusalsContract,
    BrokerManyContract,
    OnCloseContract,
    MarketDataContract,
    MarketPricesContract,
)


class Stated:
    """Hold cases that hold, do not, and cannot be asked."""

    def test_xx_01_all_is_well(self, bench: list[str]) -> None:
        bench.append("looked")
        assert bench == ["looked"], "the bench is fresh"

    def test_xx_02_one_is_two(self, bench: list[str]) -> None:
        assert not bench, "the bench is fresh"
        assert len(bench) == 2, "there are two"

    def test_xx_03_nobody_answers(self, bench: list[str]) -> None:
        raise PortUnavailableError(f"nobody answers {len(bench)}.")

    def helper(self) -> None:
        """Not a case."""


class Benches:
    """Count what was made and cleared away."""

    def __init__(self) -> None:
        self.made = self.cleared = 0

    @contextmanager
    def fresh(self) -> Iterator[list[str]]:
        """Give an empty list."""
        self.made += 1
        yield []
        self.cleared += 1


def test_each_case_tells_how_it_went() -> None:
    benches = Benches()

    told = list(run_cases(Stated, benches.fresh))

    assert told[0] == Result(id="XX-01", says="all is well", ok=True)
    assert (told[1].id, told[1].ok, told[1].says) == ("XX-02", False, "one is two")
    assert told[1].message.startswith("there are two")
    assert (told[2].ok, told[2].message) == (False, "nobody answers 0.")
    assert benches.made == 3


def test_numbers_are_unique_and_without_gaps() -> None:
    """A case is cited by its number for ever."""
    numbers = [number for one in ALL for number, _, _ in numbered(one)]

    assert len(numbers) == len(set(numbers))
    for family in ("BR", "BC", "MD"):
        own = sorted(int(number[3:]) for number in numbers if number.startswith(family))
        assert own == list(range(1, len(own) + 1)), family


def test_a_broker_is_run_without_pytest() -> None:
    """The simulated one keeps every case."""

    @contextmanager
    def fresh() -> Iterator[object]:
        yield bench_of(world())

    told = list(run_cases(Cases, fresh))

    assert [one for one in told if not one.ok] == []
    assert len(told) == len(numbered(Cases))
