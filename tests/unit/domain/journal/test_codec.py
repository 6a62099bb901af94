"""Records survive the way to text and back, and nothing else does."""

import json
from dataclasses import dataclass, make_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, Literal, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.journal.codec import RecordCodec, decode, encode
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import positive

Ticker = NewType("Ticker", str)
Nickname = NewType("Nickname", Ticker)
AT = datetime(2024, 8, 5, 19, 45, 7, 31, tzinfo=UTC)


class Colour(StrEnum):
    """An enumeration whose values are not its names."""

    RED = "red"
    DEEP_BLUE = "deep blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A part whose constructor checks."""

    ticker: Ticker
    quantity: Decimal

    def __post_init__(self) -> None:
        positive(self.quantity, "quantity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One member of a union."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """The other member, with a part that may be missing."""

    speed: Decimal
    after: Stop | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A type that holds itself."""

    name: str
    children: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """A record without fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """One field of every shape, out of alphabetical order."""

    VERSION: ClassVar[int] = 3

    zeta: str
    name: Nickname
    count: int
    flag: bool
    amount: Decimal
    day: date
    at: datetime
    colour: Colour
    mode: Literal["paper", "live"]
    legs: tuple[Leg, ...]
    pair: tuple[Ticker, Decimal]
    pairs: tuple[tuple[Ticker, Decimal], ...]
    maybe: Decimal | None
    seen: datetime | None
    signal: Stop | Go
    perhaps: Stop | Go | None
    tree: Branch
    nothing: Nothing


DEEP = "tree.children[1].children[0].name"


def wrong(value: object) -> Any:  # noqa: ANN401 - hides a wrong type from the checker
    """Return `value` as if it had the right type."""
    return value


def everything(**changes: object) -> Everything:
    values: dict[str, object] = {
        "zeta": 'a "quoted"\n\x7f \u00e9 \U0001f680 \ud800',
        "name": "BRK.B",
        "count": -17,
        "flag": True,
        "amount": Decimal("-1250.50"),
        "day": date(2024, 8, 5),
        "at": AT,
        "colour": Colour.DEEP_BLUE,
        "mode": "live",
        "legs": (Leg(ticker=Ticker("SPY"), quantity=Decimal("0.000000007")),),
        "pair": (Ticker("AGG"), Decimal("0.25")),
        "pairs": (),
        "maybe": None,
        "seen": None,
        "signal": Go(speed=Decimal(3), after=Stop(reason="amber")),
        "perhaps": None,
        "tree": Branch("root", (Branch("leaf"), Branch("twig", (Branch("bud"),)))),
        "nothing": Nothing(),
    }
    return Everything(**wrong(values | changes))


decimals = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=9
)
moments = st.datetimes(timezones=st.just(UTC))
tickers = st.text().map(Ticker)
legs = st.builds(Leg, ticker=tickers, quantity=decimals.filter(lambda value: value > 0))
stops = st.builds(Stop, reason=st.text())
signals = stops | st.builds(Go, speed=decimals, after=st.none() | stops)
branches = st.recursive(
    st.builds(Branch, st.text(max_size=3)),
    lambda inner: st.builds(Branch, st.text(max_size=3), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=5,
)
records = st.builds(
    everything,
    zeta=st.text(),
    name=st.text(),
    count=st.integers(-(2**63) + 1, 2**63 - 1),
    flag=st.booleans(),
    amount=decimals,
    day=st.dates(),
    at=moments,
    colour=st.sampled_from(Colour),
    mode=st.sampled_from(["paper", "live"]),
    legs=st.lists(legs, max_size=3).map(tuple),
    pair=st.tuples(tickers, decimals),
    pairs=st.lists(st.tuples(tickers, decimals), max_size=3).map(tuple),
    maybe=st.none() | decimals,
    seen=st.none() | moments,
    signal=signals,
    perhaps=st.none() | signals,
    tree=branches,
)


@given(records)
def test_codec_returns_what_it_was_given(record: Everything) -> None:
    """CA-01."""
    assert decode(Everything, encode(record)) == record


@given(records)
def test_encode_writes_sorted_compact_ascii_json(record: Everything) -> None:
    """CA-05: the text can be reproduced with any other JSON library."""
    text = encode(record)

    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert text.isascii()


def test_encode_writes_each_type_in_its_one_form() -> None:
    fields = json.loads(encode(everything()))

    assert fields == {
        "zeta": 'a "quoted"\n\x7f \u00e9 \U0001f680 \ud800',
        "name": "BRK.B",
        "count": -17,
        "flag": True,
        "amount": "-1250.5",
        "day": "2024-08-05",
        "at": "2024-08-05T19:45:07.000031Z",
        "colour": "deep blue",
        "mode": "live",
        "legs": [{"ticker": "SPY", "quantity": "0.000000007"}],
        "pair": ["AGG", "0.25"],
        "pairs": [],
        "maybe": None,
        "seen": None,
        "signal": {"type": "Go", "speed": "3", "after": {"reason": "amber"}},
        "perhaps": None,
        "tree": {
            "name": "root",
            "children": [
                {"name": "leaf", "children": []},
                {"name": "twig", "children": [{"name": "bud", "children": []}]},
            ],
        },
        "nothing": {},
    }


@dataclass(frozen=True)
class Amount:
    """One Decimal."""

    amount: Decimal


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0E+9999999", "0"),
        ("0E-9999999", "0"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1.10", "1.1"),
        ("-7.000", "-7"),
        ("1E-9", "0.000000001"),
        ("1.50E-7", "0.00000015"),
        ("512.250000000000000000000000000000000000000000000000", "512.25"),
        ("1E+39", "1" + "0" * 39),
        ("1E-40", "0." + "0" * 39 + "1"),
        ("12345678901234567890123456789.123456789", "12345678901234567890123456789.123456789"),
    ],
)
def test_decimal_has_one_text_without_exponent_or_trailing_zeros(written: str, text: str) -> None:
    """BT-10: equal numbers have equal bytes."""
    assert encode(Amount(Decimal(written))) == f'{{"amount":"{text}"}}'
    assert decode(Amount, f'{{"amount":"{text}"}}') == Amount(Decimal(written))


@pytest.mark.parametrize(
    "number",
    ["NaN", "-NaN", "sNaN", "NaN123", "Infinity", "-Infinity", "1E+40", "1E-41", "1E+999999"],
)
def test_encode_refuses_a_decimal_without_such_a_text(number: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^Amount\.amount: must be a "):
        encode(Amount(Decimal(number)))


@pytest.mark.parametrize(
    "text",
    [
        *('"1.0"', '"01"', '"+1"', '"-0"', '"1E2"', '".5"', '"5."', '" 1"', '"1_0"', '"NaN"', '""'),
        *('"Infinity"', '"\\u0661"', "1", "1.5", "true", "null", "[]", '"' + "9" * 41 + '"'),
    ],
)
def test_decode_refuses_any_other_number(text: str) -> None:
    """BT-10: equal numbers have equal bytes."""
    with pytest.raises(InvalidValueError, match=r"^Amount"):
        decode(Amount, f'{{"amount":{text}}}')


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("zeta", 5, "zeta"),
        ("zeta", Colour.RED, "zeta"),
        ("name", None, "name"),
        ("count", True, "count"),
        ("count", 2.0, "count"),
        ("count", 2**63, "count"),
        ("count", Decimal(2), "count"),
        ("flag", 1, "flag"),
        ("amount", 1.5, "amount"),
        ("amount", 2, "amount"),
        ("amount", "2", "amount"),
        ("day", AT, "day"),
        ("day", "2024-08-05", "day"),
        ("at", AT.replace(tzinfo=None), "at"),
        ("at", AT.astimezone(timezone(timedelta(hours=2))), "at"),
        ("at", date(2024, 8, 5), "at"),
        ("colour", "red", "colour"),
        ("mode", "simulated", "mode"),
        ("legs", [Leg(ticker=Ticker("SPY"), quantity=Decimal(2))], "legs"),
        ("legs", (Stop(reason="no leg"),), "legs[0]"),
        ("pair", ("AGG",), "pair"),
        ("pair", ("AGG", Decimal(2), "more"), "pair"),
        ("pair", ("AGG", "2"), "pair[1]"),
        ("pairs", (("SPY", Decimal(2)), ("AGG", 0.5)), "pairs[1][1]"),
        ("signal", None, "signal"),
        ("signal", Leg(ticker=Ticker("SPY"), quantity=Decimal(2)), "signal"),
        ("perhaps", Go(speed=Decimal(2), after=wrong(7)), "perhaps.after"),
        ("tree", Branch("a", (Branch("b"), Branch("c", (Branch(wrong(7)),)))), DEEP),
    ],
)
def test_encode_refuses_a_value_unlike_its_hint_and_names_the_place(
    field: str, value: object, place: str
) -> None:
    """OS-01: a wrong type is found where it is written, not where it is read."""
    with pytest.raises(InvalidValueError) as refused:
        encode(everything(**{field: value}))

    assert str(refused.value).startswith(f"Everything.{place}: must be ")


def test_encode_refuses_another_zone_though_the_same_moment_was_written_before() -> None:
    """Equal moments are equal keys: what is remembered of one must not answer for the other."""
    encode(everything(at=AT))

    with pytest.raises(InvalidValueError, match="time in UTC"):
        encode(everything(at=AT.astimezone(timezone(timedelta(hours=2)))))


def test_encode_takes_utc_under_another_name_as_utc() -> None:
    same = AT.astimezone(timezone(timedelta(0), "Zulu"))

    assert encode(everything(at=same)) == encode(everything(at=AT))


@pytest.mark.parametrize(
    ("field", "text", "place"),
    [
        ("zeta", "5", "zeta"),
        ("zeta", "null", "zeta"),
        ("count", '"5"', "count"),
        ("count", "5.0", ""),
        ("count", "5e0", ""),
        ("count", "NaN", ""),
        ("count", "-Infinity", ""),
        ("count", "true", "count"),
        ("count", "9223372036854775808", "count"),
        ("flag", "1", "flag"),
        ("flag", '"true"', "flag"),
        ("day", '"20240805"', "day"),
        ("day", '"2024-02-30"', "day"),
        ("day", '"2024-W32-1"', "day"),
        ("at", "7", "at"),
        ("at", '"2024-08-05T19:45:07Z"', "at"),
        ("at", '"2024-08-05T19:45:07.000031"', "at"),
        ("at", '"2024-08-05T19:45:07.000031+00:00"', "at"),
        ("at", '"2024-08-05T25:45:07.000031Z"', "at"),
        ("at", '"2024-08-05 19:45:07.000031Z"', "at"),
        ("colour", '"RED"', "colour"),
        ("colour", "[]", "colour"),
        ("mode", '"simulated"', "mode"),
        ("legs", "{}", "legs"),
        ("legs", '[{"quantity":"2"}]', "legs[0]"),
        ("legs", '[{"quantity":"2","ticker":"SPY","venue":"X"}]', "legs[0]"),
        ("legs", '[{"quantity":"-2","ticker":"SPY"}]', "legs[0]"),
        ("pair", '["AGG"]', "pair"),
        ("pairs", '[["SPY","1"],["AGG",7]]', "pairs[1][1]"),
        ("signal", "null", "signal"),
        ("signal", '{"reason":"untagged"}', "signal"),
        ("signal", '{"reason":"x","type":"Leg"}', "signal"),
        ("signal", '{"reason":"x","type":["Stop"]}', "signal"),
        ("signal", '{"type":"Stop"}', "signal"),
        ("perhaps", '{"reason":7,"type":"Stop"}', "perhaps.reason"),
        ("nothing", '{"some":1}', "nothing"),
        ("nothing", "[]", "nothing"),
    ],
)
def test_decode_refuses_a_value_unlike_its_hint_and_names_the_place(
    field: str, text: str, place: str
) -> None:
    """RS-10: what was recorded is read as it was, or not at all."""
    fields = {name: json.dumps(value) for name, value in json.loads(encode(everything())).items()}
    body = ",".join(f'"{name}":{value}' for name, value in sorted((fields | {field: text}).items()))

    with pytest.raises(InvalidValueError) as refused:
        decode(Everything, f"{{{body}}}")

    assert str(refused.value).startswith(f"Everything.{place}: " if place else "Everything: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ('{"reason":"x"}]', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "must be an object with the keys ['reason']"),
        ("{}", "lacks the keys ['reason']"),
        ('{"reason":"x","sense":1}', "has the unknown keys ['sense']"),
        ('{"reason":"x","reason":"y"}', "has the keys ['reason'] more than once"),
        ('{"reason": "x"}', "is not in canonical form"),
        ('{"reason":"x"}\n', "is not in canonical form"),
        ('{"reason":"\\u0078"}', "is not in canonical form"),
        ('{"reason":"\u00e9"}', "is not in canonical form"),
    ],
)
def test_decode_takes_the_canonical_text_only(text: str, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        decode(Stop, text)

    assert str(refused.value).startswith(f"Stop: {reason}")


def test_decode_refuses_keys_in_another_order() -> None:
    with pytest.raises(InvalidValueError, match="canonical"):
        decode(Leg, '{"ticker":"SPY","quantity":"2"}')


@dataclass(frozen=True)
class Percent:
    """A constructor that raises an error of another library."""

    value: Decimal

    def __post_init__(self) -> None:
        if self.value % Decimal("1E-20"):
            raise ArithmeticError


def test_decode_translates_what_a_constructor_raises() -> None:
    """AR-09: a foreign error does not leave the codec."""
    with pytest.raises(InvalidValueError, match=r"^Leg: quantity must be above zero, not 0\.$"):
        decode(Leg, '{"quantity":"0","ticker":"SPY"}')
    with pytest.raises(InvalidValueError, match=r"^Percent: "):
        decode(Percent, '{"value":"9999999999999999"}')


def holding(name: str, **hints: object) -> type[object]:
    """Return a dataclass with these fields."""
    return make_dataclass(name, hints.items(), frozen=True)


FLOATING = holding("Floating", price=float)
TYPED = holding("Typed", type=str)


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (FLOATING, "'price' of Floating is float"),
        (holding("Listed", names=list[str]), "'names' of Listed is list"),
        (holding("Mapped", names=dict[str, str]), "'names' of Mapped is dict"),
        (holding("Vague", value=object), "'value' of Vague is object"),
        (holding("Unsure", value=str | Decimal), "'value' of Unsure is a union"),
        (holding("Level", value=IntEnum("Level", "LOW HIGH")), "'value' of Level is Level"),
        (holding("Choice", mode=Literal["a", 2]), "('a', 2)"),
        (holding("Outer", inner=FLOATING | None), "'price' of Floating is float"),
        (holding("Either", value=TYPED | Stop), "Typed stands in a union: rename its field 'type'"),
        (str, "str is not a dataclass"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_codec_refuses_a_type_without_canonical_text(kind: type[object], named: str) -> None:
    """OS-01: no float and no untyped mapping reaches the journal."""
    with pytest.raises(InvalidValueError) as refused:
        decode(kind, "{}")

    assert named in str(refused.value)


def test_encode_refuses_what_is_no_dataclass() -> None:
    with pytest.raises(InvalidValueError, match="str is not a dataclass"):
        encode("text")


CODEC: RecordCodec[Everything | Stop] = RecordCodec((Everything, Stop))


def test_record_codec_names_type_and_version() -> None:
    record = everything()

    assert CODEC.encode(record) == ("Everything", 3, encode(record))
    assert CODEC.encode(Stop(reason="x")) == ("Stop", 1, '{"reason":"x"}')
    assert CODEC.name_of(record) == "Everything"
    assert CODEC.decode(*CODEC.encode(record)) == record


@pytest.mark.parametrize(
    ("name", "version", "remedy"),
    [
        ("Leg", 1, "'Leg' is unknown to this release"),
        ("Everything", 4, "version 4, but this release reads version 3"),
        ("Everything", 2, "version 2, but this release reads version 3"),
    ],
)
def test_record_codec_refuses_other_types_and_versions(
    name: str, version: int, remedy: str
) -> None:
    with pytest.raises(InvalidValueError, match=remedy):
        CODEC.decode(name, version, encode(everything()))


def test_record_codec_refuses_a_record_outside_its_set() -> None:
    stranger = type("Stop", (), {})()

    with pytest.raises(InvalidValueError, match="Leg is no record type"):
        CODEC.encode(wrong(Leg(ticker=Ticker("SPY"), quantity=Decimal(2))))
    with pytest.raises(InvalidValueError, match="Stop is no record type"):
        CODEC.name_of(stranger)


def test_record_codec_refuses_two_types_of_one_name() -> None:
    with pytest.raises(InvalidValueError, match="two record types are named Stop"):
        RecordCodec((Stop, holding("Stop", why=str)))


def test_record_codec_refuses_an_unrecordable_type_at_once() -> None:
    with pytest.raises(InvalidValueError, match="price"):
        RecordCodec((FLOATING,))
