"""A whole symphony in either form: its name, when it trades, and what it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from alchemiser.plugins import ImportedTree, Rebalance
from alchemiser_symphony import arguments, exports, holdings
from alchemiser_symphony.blocks import (
    Block,
    Builder,
    Item,
    Parts,
    RefusedError,
    Report,
    Source,
    walked,
)
from alchemiser_symphony.composer import children
from alchemiser_symphony.exports import Object, Spot
from alchemiser_symphony.expressions import Expression
from alchemiser_symphony.forms import Form, Kind
from alchemiser_symphony.rebalancing import EVERY_SESSION, rebalanced

SYMPHONY: Final = "defsymphony"
ROOT: Final = "root"
TRADED: Final = "EQUITIES"


@dataclass(frozen=True, slots=True)
class Whole:
    """Be the block that a symphony begins with; implements Source.

    Attributes:
        place: Where it is.
        called: How it is called.
        name: The symphony's name, or nothing.
        body: What it holds.
        check: Proves the rest of it; may raise RefusedError.
        schedule: Returns when it trades; may raise RefusedError.
    """

    place: str
    called: str
    name: str
    body: tuple[Source, ...]
    check: Callable[[], None]
    schedule: Callable[[], Rebalance]

    def read(self) -> Block:
        """Return the block."""

        def check() -> Builder:
            self.check()
            return _body

        return Block(kind=self.called, inside=(self.body,), check=check)


def of_form(form: Form, after: Form | None = None) -> ImportedTree:
    """Return the symphony that a form is; `after` follows it and should not."""

    def check() -> None:
        """Prove what stands around the body.

        Raises:
            RefusedError: When it is no symphony, or something is missing or surplus.
        """
        if form.operator() != SYMPHONY:
            raise RefusedError(f"a symphony begins with ({SYMPHONY}")
        if after is not None:
            msg = "a symphony is one form, and nothing follows it"
            raise RefusedError(msg, at=after)
        arguments.count(given, 3, 3, "a name, a map of settings and one body")
        arguments.text(given[0], "the name")

    given = form.items[1:]
    body = given[2:] if form.operator() == SYMPHONY else ()
    if len(body) == 1 and body[0].kind is Kind.VECTOR:
        body = body[0].items
    return _imported(
        Whole(
            place=form.place,
            called=form.called,
            name=(given[0].string() if given else None) or "",
            body=tuple(map(Expression, body)),
            check=check,
            schedule=lambda: _settings(given[1]) if len(given) > 1 else EVERY_SESSION,
        )
    )


def of_export(value: Object) -> ImportedTree:
    """Return the symphony that a JSON object is."""
    root = Spot()

    def check() -> None:
        """Prove what stands around the body.

        Raises:
            RefusedError: When it is no symphony, or holds nothing.
        """
        if value.get("step") != ROOT:
            raise RefusedError(f"a symphony begins with the step {ROOT}")
        exports.check_keys(value, {"rebalance", "rebalance-corridor-width"})
        _check_traded(value)
        if not exports.listed(value.get("children")):
            msg = "it holds nothing"
            raise RefusedError(msg)

    name = value.get("name")
    return _imported(
        Whole(
            place=root.path,
            called=exports.called(value.get("step"), "block"),
            name=name if isinstance(name, str) else "",
            body=children(value, root) if value.get("step") == ROOT else (),
            check=check,
            schedule=lambda: _rebalance(value),
        )
    )


def _imported(whole: Whole) -> ImportedTree:
    report = Report()
    rebalance = EVERY_SESSION
    try:
        rebalance = whole.schedule()
    except RefusedError as error:
        report.refuse(whole, error, 0)
    built = walked(whole, report)
    problems = report.problems()
    return ImportedTree(
        name=whole.name,
        tree=built.alone if isinstance(built, Item) and not problems else None,
        rebalance=rebalance,
        problems=problems,
        blocks=tuple(sorted(report.counts.items())),
    )


def _body(parts: Parts) -> Item:
    node = holdings.single(parts.items())
    return Item(alone=node, listed=node)


def _settings(form: Form) -> Rebalance:
    """Return when the map of settings lets a symphony trade.

    Raises:
        RefusedError: When a setting is unknown, or not as it should be.
    """
    frequency = threshold = None
    for key, (name, value) in arguments.pairs(form).items():
        match key:
            case ":rebalance-frequency":
                frequency = _frequency(value)
            case ":rebalance-threshold":
                threshold = arguments.number(value, "the threshold")
            case ":asset-class":
                if arguments.text(value, "the asset class") != TRADED:
                    raise RefusedError(f"only {TRADED} can be traded", at=value)
            case _:
                raise RefusedError(f"the setting {key} is unknown", at=name)
    try:
        return rebalanced(frequency, threshold)
    except RefusedError as error:
        raise RefusedError(str(error), at=form) from None


def _frequency(form: Form) -> str:
    """Return a frequency.

    Raises:
        RefusedError: When it is neither a keyword nor a text.
    """
    if form.kind is Kind.KEYWORD:
        return form.text.removeprefix(":")
    return arguments.text(form, "the frequency, unless a keyword such as :daily,")


def _rebalance(value: Object) -> Rebalance:
    """Return when the root lets a symphony trade.

    Raises:
        RefusedError: When it does not say so as it should.
    """
    frequency, width = value.get("rebalance"), value.get("rebalance-corridor-width")
    threshold = exports.number(width)
    if width is not None and threshold is None:
        raise RefusedError(f"the rebalance-corridor-width is a number, not {exports.shown(width)}")
    if not isinstance(frequency, str | None):
        raise RefusedError(f"the rebalance is a text, not {exports.shown(frequency)}")
    return rebalanced(frequency, threshold)


def _check_traded(value: Object) -> None:
    """Prove that nothing but shares and funds is held.

    Raises:
        RefusedError: When the root names another class.
    """
    for key in ("asset_class", "asset_classes", "asset-class", "asset-classes"):
        named = value.get(key)
        if any(one not in (None, TRADED) for one in exports.listed(named) or [named]):
            raise RefusedError(f"only {TRADED} can be traded: its {key} is another")
