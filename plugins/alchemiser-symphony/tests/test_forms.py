"""The grammar of the s-expression form, and the place of everything in it."""

import time

import pytest

from alchemiser_symphony.forms import LEVELS_MAX, Form, Kind, UnreadableError, forms_of


def only(text: str) -> Form:
    [form] = forms_of(text)
    return form


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(a)", Kind.LIST),
        ("()", Kind.LIST),
        ("[1 2]", Kind.VECTOR),
        ("{:a 1}", Kind.MAP),
        ('"a b"', Kind.STRING),
        ('""', Kind.STRING),
        ("12", Kind.NUMBER),
        ("-0.25", Kind.NUMBER),
        (":rebalance-frequency", Kind.KEYWORD),
        (":_a", Kind.KEYWORD),
        ("weight-equal", Kind.SYMBOL),
        ("nil", Kind.SYMBOL),
        (">=", Kind.SYMBOL),
        ("-", Kind.SYMBOL),
        ("-x", Kind.SYMBOL),
        ("a.b/c?", Kind.SYMBOL),
    ],
)
def test_each_kind_of_form_is_told_apart(text: str, kind: Kind) -> None:
    assert only(text).kind is kind


def test_blanks_commas_and_comments_only_separate() -> None:
    text = "; a symphony\n(a,\t[1,2 , 3];;(b\r\n , )\n; the end"

    form = only(text)

    assert [item.kind for item in form.items] == [Kind.SYMBOL, Kind.VECTOR]
    assert [item.text for item in form.items[1].items] == ["1", "2", "3"]


def test_every_form_knows_where_it_begins() -> None:
    form = only('\n  (if (> (rsi "SPÝ") 79)\n      [x]\n{:a "\n"} y)')

    assert form.place == "2:3"
    assert [item.place for item in form.items] == ["2:4", "2:7", "3:7", "4:1", "5:4"]
    assert [item.place for item in form.items[1].items] == ["2:8", "2:10", "2:22"]
    assert form.items[3].items[1].place == "4:5"


def test_several_forms_are_all_read() -> None:
    assert [form.place for form in forms_of("(a) 2\nb")] == ["1:1", "1:5", "2:1"]
    assert forms_of(" ; nothing\n") == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r'"plain"', "plain"),
        (r'"say \"when\""', 'say "when"'),
        (r'"C:\\new"', r"C:\new"),
        (r'"a\nb\tc\rd\be\ff\/g"', "a\nb\tc\rd\be\ff/g"),
        (r'"\u0041\u00e9"', "Aé"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        ('"two\nlines ; no comment ) ]"', "two\nlines ; no comment ) ]"),
        (r'"\\"', "\\"),
        (r'"\\\\\""', r"\\" + '"'),
    ],
)
def test_texts_are_read_with_their_escapes(written: str, said: str) -> None:
    assert only(written).string() == said


@pytest.mark.parametrize("written", [r'"\q"', r'"\u12"', r'"\ud83d"', r'"\x41"', "12", "nil", "()"])
def test_what_is_no_text_says_nothing(written: str) -> None:
    assert only(written).string() is None


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("(a\n  (b", "2:3", "this bracket is never closed"),
        ("(a [b {c", "1:7", "this bracket is never closed"),
        ("(a\n [b)", "2:4", "this bracket does not match the [ at 2:2"),
        ("{:a 1]", "1:6", "this bracket does not match the { at 1:1"),
        ("(a))", "1:4", "this bracket closes nothing"),
        ("\n]", "2:1", "this bracket closes nothing"),
        ('(a\n "b)\n', "2:2", "a text begins here and never ends"),
        ('(a "b\\")', "1:4", "a text begins here and never ends"),
        ("(a 5x)", "1:4", "nothing begins like this"),
        ("(a 1.)", "1:4", "nothing begins like this"),
        ("(a .5)", "1:4", "nothing begins like this"),
        ("(a 1e3)", "1:4", "nothing begins like this"),
        ("(a :1)", "1:4", "nothing begins like this"),
        ("(a\n\n #uuid)", "3:2", "nothing begins like this"),
        ("(a 'b)", "1:4", "nothing begins like this"),
        ("(a \0)", "1:4", "nothing begins like this"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, place: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        forms_of(text)

    assert (caught.value.place, str(caught.value)) == (place, reason)


@pytest.mark.parametrize(("open_", "close"), ["()", "[]", "{}"])
def test_brackets_nest_so_deeply_and_no_deeper(open_: str, close: str) -> None:
    deep = open_ * LEVELS_MAX + close * LEVELS_MAX

    assert only(deep).place == "1:1"
    with pytest.raises(UnreadableError, match="more than 300 levels") as caught:
        forms_of(f"\n{open_}{deep}{close}")
    assert caught.value.place == "2:301"


def test_a_million_brackets_are_refused_at_once() -> None:
    before = time.process_time()
    with pytest.raises(UnreadableError, match="more than 300 levels"):
        forms_of("(" * 1_000_000)

    assert time.process_time() - before < 5


def test_long_texts_and_long_lists_take_no_longer_than_they_are() -> None:
    before = time.process_time()
    form = only("[" + '"' + "\\\\" * 500_000 + '" ' + "1 " * 50_000 + "]")

    assert len(form.items) == 50_001
    assert time.process_time() - before < 20
