"""A secret is told by `reveal` and by nothing else; what knows it takes it out of texts."""

import copy
import json
import logging
import pickle
import traceback
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.secret import SHOWN, Redactor, Secret

WORD = "canary+of/40 characters=\"'"
SECRET = Secret(WORD)
TEXTS = st.text(min_size=8, max_size=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Hold a secret, as values do."""

    name: str
    secret: Secret


def test_reveal_tells_it() -> None:
    assert SECRET.reveal() == WORD


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>80}",
        f"{SECRET:>80}",
        "%s %r" % (SECRET, SECRET),  # noqa: UP031 - the old way leaks as easily
        "{0.__class__} {0}".format(SECRET),  # noqa: UP032
        repr([SECRET, {"key": SECRET}]),
        repr(Holder(name="n", secret=SECRET)),
        json.dumps({"key": SECRET}, default=str),
        json.dumps({"key": SECRET}, default=repr),
        logging.LogRecord("n", 10, "p", 1, "%s %r", (SECRET, SECRET), None).getMessage(),
    ],
)
def test_no_way_of_showing_shows_it(shown: str) -> None:
    """SX-14."""
    assert WORD not in shown
    assert SHOWN in shown


@given(TEXTS)
def test_repr_never_holds_it(text: str) -> None:
    """SX-14."""
    assume(text not in f"Secret({SHOWN})")
    assert text not in repr(Holder(name="n", secret=Secret(text)))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    """SX-02."""
    with pytest.raises(TypeError, match="not copied or written down"):
        pickle.dumps(Holder(name="n", secret=SECRET), protocol)


def test_it_is_no_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": SECRET})


def test_a_copy_is_itself() -> None:
    assert copy.copy(SECRET) is SECRET
    assert copy.deepcopy(Holder(name="n", secret=SECRET)).secret is SECRET


def test_it_has_no_attributes_to_look_through_and_does_not_change() -> None:
    assert not hasattr(SECRET, "__dict__")
    for name in ("value", "_Secret__value"):
        with pytest.raises(AttributeError, match="does not change"):
            setattr(SECRET, name, "other")
    with pytest.raises(AttributeError, match="does not change"):
        del SECRET._Secret__value  # type: ignore[attr-defined]
    assert SECRET.reveal() == WORD


def test_equal_ones_are_equal_and_have_no_hash() -> None:
    assert Secret(WORD) == SECRET
    assert Secret("other") != SECRET
    assert SECRET != WORD
    with pytest.raises(TypeError):
        hash(SECRET)


def test_nothing_is_no_secret() -> None:
    with pytest.raises(InvalidValueError):
        Secret("")


def test_a_traceback_with_locals_does_not_show_it() -> None:
    """E06."""

    def fail(secret: Secret) -> None:
        msg = f"refused {secret}"
        raise ValueError(msg)

    try:
        fail(SECRET)
    except ValueError as error:
        told = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
        assert "secret = Secret(***)" in told
        assert WORD not in told


@given(TEXTS, st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_is_taken_out_of_every_text(word: str, before: str, after: str) -> None:
    """SX-02: as it is, and as addresses, JSON and reprs spell it."""
    assume(word not in f"{before}{SHOWN}{after}")
    assume(word not in f"{SHOWN}" * 3)
    redactor = Redactor()
    redactor.learn([Secret(word)])

    for spelt in (word, quote(word), json.dumps(word)[1:-1]):
        assert word not in redactor.redact(f"{before}{spelt}{after}")
    assert quote(word) not in redactor.redact(f"GET /?key={quote(word)}&x")


def test_of_two_secrets_the_longer_goes_first() -> None:
    redactor = Redactor()
    redactor.learn([Secret("canary-one")])
    redactor.learn([Secret("canary-one-and-more")])

    assert redactor.redact("canary-one-and-more canary-one") == f"{SHOWN} {SHOWN}"


def test_what_is_too_short_to_be_one_tears_no_words() -> None:
    redactor = Redactor()
    redactor.learn([Secret("a")])

    assert redactor.redact("a man, a plan") == "a man, a plan"
