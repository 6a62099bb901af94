"""Questions about many orders are one question where the broker has a list of them."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.adapters.system.calls import ThreadedCalls
from alchemiser.application.calls import Calls
from alchemiser.application.questions import APART_MAX, Questions
from alchemiser.domain.execution.messages import ReportsArrived
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.call_runner import CallRunnerPort
from alchemiser.ports.errors import PortUnavailableError
from tests.unit.application.prompt_broker import PromptBroker
from tests.unit.application.shell_bench import a_shell

NAMES = [ClOrdId(f"alc-{number}") for number in range(30)]


class Book:
    """Lists some orders, or nothing can be read."""

    def __init__(self, *listed: ClOrdId, broken: bool = False) -> None:
        self.listed = listed
        self.broken = broken
        self.asked: list[tuple[ClOrdId, ...]] = []

    def found(self, names: Collection[ClOrdId]) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
        """Return no reports on those that are listed.

        Raises:
            PortUnavailableError: When it is broken.
        """
        self.asked.append(tuple(names))
        if self.broken:
            raise PortUnavailableError("the list hangs.")
        return {name: () for name in names if name in self.listed}


class Watched(PromptBroker):
    """Knows no order; notes which it was asked for."""

    def __init__(self, asked: list[ClOrdId]) -> None:
        super().__init__(Decimal(10_000), {})
        self._asked_for = asked

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Deny the order."""
        self._asked_for.append(cl_ord_id)
        return super().reports(cl_ord_id)


class Desk:
    """Questions with what they ask and what they tell."""

    def __init__(
        self, book: Book | None, at_once: int | None = None, runner: CallRunnerPort | None = None
    ) -> None:
        self.by_name: list[ClOrdId] = []
        self.told: list[ReportsArrived] = []
        usual = a_shell().engine
        self.calls = Calls(runner or usual.calls)
        execution = ExecutionSettings(at_once=at_once)
        broker = Watched(self.by_name)
        engine = replace(usual, execution=execution, broker=broker, order_list=book)
        self.questions = Questions(engine, self.calls, self.told.append)

    async def ask(self, *names: ClOrdId) -> None:
        """Ask, and wait for all answers."""
        for name in names:
            self.questions.note(name)
        self.questions.begin()
        while any(self.calls.under_way()):
            await self.calls.last_words()
            self.questions.begin()


def test_questions_at_once_are_one_and_only_a_question_by_name_denies() -> None:
    """OS-12, FAULTS A05: what the list leaves out proves nothing."""
    book = Book(*NAMES[:2])
    desk = Desk(book)

    asyncio.run(desk.ask(*NAMES[:3]))

    assert book.asked == [tuple(NAMES[:3])]
    assert desk.by_name == [NAMES[2]]
    assert {one.cl_ord_id: one.reports for one in desk.told} == {
        NAMES[0]: (),
        NAMES[1]: (),
        NAMES[2]: None,
    }


def test_a_single_order_is_asked_for_by_name() -> None:
    book = Book(*NAMES)
    desk = Desk(book)

    asyncio.run(desk.ask(NAMES[0]))

    assert (book.asked, desk.by_name) == ([], NAMES[:1])


def test_where_the_list_cannot_be_read_all_have_their_turn_by_name() -> None:
    """CC-09: a dozen at a time, so that questions leave orders their ration."""
    desk = Desk(Book(broken=True))

    async def thrice() -> None:
        for _ in range(3):
            await desk.ask(*NAMES)

    asyncio.run(thrice())

    assert desk.by_name[:APART_MAX] == NAMES[:APART_MAX]
    assert len(desk.by_name) == 3 * APART_MAX
    assert set(desk.by_name) == set(NAMES)


@pytest.mark.parametrize(("at_once", "apart"), [(2, 1), (9, 2), (500, APART_MAX)])
def test_a_ration_bounds_what_is_asked_for_by_name(at_once: int, apart: int) -> None:
    """CC-09, RS-16: what is lost is looked for, and the account can still be read."""
    desk = Desk(Book(), at_once=at_once)

    asyncio.run(desk.ask(*NAMES))

    assert len(desk.by_name) == apart


def test_what_is_being_asked_is_not_asked_again() -> None:
    threads = ThreadedCalls(1)
    desk = Desk(Book(*NAMES), runner=threads)

    async def impatient() -> None:
        desk.questions.note(NAMES[0])
        desk.questions.note(NAMES[1])
        desk.questions.begin()
        desk.questions.note(NAMES[0])
        await desk.ask(NAMES[1], NAMES[2])

    asyncio.run(impatient())
    threads.close()

    assert sorted(one.cl_ord_id for one in desk.told) == sorted(NAMES[:3])


def test_without_a_list_each_is_asked_for_by_name() -> None:
    desk = Desk(None)

    asyncio.run(desk.ask(*NAMES[:3]))

    assert desk.by_name == NAMES[:3]


def test_the_very_same_answer_is_told_once_until_the_order_is_denied() -> None:
    """EX-06: whatever else an answer is, it is told, and so is the first after a denial."""
    book = Book(*NAMES[:2])
    desk = Desk(book)

    async def again_and_again() -> None:
        for listed in ((0, 1), (0, 1), (1,), (0, 1)):
            book.listed = tuple(NAMES[place] for place in listed)
            await desk.ask(*NAMES[:2])

    asyncio.run(again_and_again())

    told = [one.reports for one in desk.told if one.cl_ord_id == NAMES[0]]
    assert told == [(), None, ()]
    assert [one.cl_ord_id for one in desk.told].count(NAMES[1]) == 1
