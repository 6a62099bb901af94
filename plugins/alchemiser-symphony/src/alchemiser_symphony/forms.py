"""The s-expression form: a grammar, and every form with its place in the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, NoReturn

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters
from lark.lark import PostLex

LEVELS_MAX: Final = 300
"""How deep brackets may nest."""

CALLED_MAX: Final = 40
"""How much of what is written reports repeat."""

GRAMMAR: Final = r"""
start: _form*
_form: call | vector | table | STRING | NUMBER | KEYWORD | SYMBOL
call: LIST _form* LIST_END
vector: VECTOR _form* VECTOR_END
table: MAP _form* MAP_END

LIST: "("
LIST_END: ")"
VECTOR: "["
VECTOR_END: "]"
MAP: "{"
MAP_END: "}"
STRING: /"[^"\\]*(?:\\.[^"\\]*)*"/s
NUMBER.2: /-?[0-9]+(?:\.[0-9]+)?(?![\w.><=!?+*\/-])/
KEYWORD: /:[^\W\d][\w-]*/
SYMBOL: /(?:[^\W\d]|[><=!?+*\/-])[\w.><=!?+*\/-]*/

%ignore /[\s,]+/
%ignore /;[^\n]*/
"""

_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"} | {
    plain: plain for plain in '"\\/'
}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_CLOSED_BY: Final = {"LIST": "LIST_END", "VECTOR": "VECTOR_END", "MAP": "MAP_END"}


class Kind(StrEnum):
    """Name the kinds of form."""

    LIST = "a call in ( )"
    VECTOR = "a list in [ ]"
    MAP = "a map in { }"
    STRING = "a text"
    NUMBER = "a number"
    KEYWORD = "a keyword"
    SYMBOL = "a symbol"


@dataclass(frozen=True, slots=True)
class Form:
    """Hold one form and where it begins.

    Attributes:
        kind: What it is.
        line: From 1.
        column: In characters, from 1.
        text: What is written, of an atom; of a text with its quotes and escapes.
        items: The forms inside, in order.
    """

    kind: Kind
    line: int
    column: int
    text: str = ""
    items: tuple["Form", ...] = ()

    @property
    def place(self) -> str:
        """The line and the column."""
        return f"{self.line}:{self.column}"

    @property
    def called(self) -> str:
        """The operator of a call; of anything else what is written, or what it is."""
        return (self.operator() or self.text or self.kind.value)[:CALLED_MAX]

    def string(self) -> str | None:
        """Return what a text says, or None when it is no text or has an escape of no meaning."""
        if self.kind is not Kind.STRING:
            return None
        found = [code or _ESCAPED.get(char) for code, char in _ESCAPE.findall(self.text)]
        if None in found:
            return None
        said = _ESCAPE.sub(_unescaped, self.text[1:-1])
        try:
            # Two escapes may stand for the halves of one character; a half alone is none.
            return said.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            return None

    def operator(self) -> str:
        """Return the symbol that a call begins with, or nothing."""
        first = self.items[0] if self.kind is Kind.LIST and self.items else None
        return first.text if first is not None and first.kind is Kind.SYMBOL else ""


class UnreadableError(Exception):
    """Say where a text stops being made of forms."""

    def __init__(self, reason: str, *, line: int, column: int, text: str) -> None:
        super().__init__(reason)
        self.place = f"{line}:{column}"
        self.text = text


def forms_of(text: str) -> tuple[Form, ...]:
    """Return the top-level forms of `text`.

    Raises:
        UnreadableError: Where brackets do not match, nest too deeply, or a character fits nothing.
    """
    try:
        forms: tuple[Form, ...] = _parser().parse(text)  # type: ignore[assignment]
    except UnexpectedCharacters as error:
        quote = error.char == '"'
        reason = "a text begins here and never ends" if quote else "nothing begins like this"
        raise UnreadableError(
            reason, line=error.line, column=error.column, text=error.char
        ) from None
    return forms


class _Forms(Transformer[Token, tuple[Form, ...]]):
    """Make forms of what the parser has read, as it reads."""

    def start(self, items: list[Form]) -> tuple[Form, ...]:
        return tuple(items)

    def call(self, parts: list[Token | Form]) -> Form:
        return _bracketed(Kind.LIST, parts)

    def vector(self, parts: list[Token | Form]) -> Form:
        return _bracketed(Kind.VECTOR, parts)

    def table(self, parts: list[Token | Form]) -> Form:
        return _bracketed(Kind.MAP, parts)

    def STRING(self, token: Token) -> Form:  # noqa: N802 - the terminal's name
        return _atom(Kind.STRING, token)

    def NUMBER(self, token: Token) -> Form:  # noqa: N802 - the terminal's name
        return _atom(Kind.NUMBER, token)

    def KEYWORD(self, token: Token) -> Form:  # noqa: N802 - the terminal's name
        return _atom(Kind.KEYWORD, token)

    def SYMBOL(self, token: Token) -> Form:  # noqa: N802 - the terminal's name
        return _atom(Kind.SYMBOL, token)


class _Brackets(PostLex):
    """Watch brackets between lexer and parser, where their places are at hand."""

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass tokens on; stop at a bracket that does not match, ends nowhere or is too deep."""
        open_: list[Token] = []
        for token in stream:
            if token.type in _CLOSED_BY:
                open_.append(token)
                if len(open_) > LEVELS_MAX:
                    _stop(token, f"brackets nest more than {LEVELS_MAX} levels here")
            elif token.type.endswith("_END"):
                if not open_ or _CLOSED_BY[open_[-1].type] != token.type:
                    _stop(token, _mismatch(open_))
                open_.pop()
            yield token
        if open_:
            _stop(open_[-1], "this bracket is never closed")


def _mismatch(open_: list[Token]) -> str:
    if not open_:
        return "this bracket closes nothing"
    last = open_[-1]
    return f"this bracket does not match the {last} at {last.line}:{last.column}"


def _stop(token: Token, reason: str) -> NoReturn:
    """Stop at `token`.

    Raises:
        UnreadableError: Always.
    """
    raise UnreadableError(reason, line=token.line or 1, column=token.column or 1, text=str(token))


def _atom(kind: Kind, token: Token) -> Form:
    return Form(kind, token.line or 1, token.column or 1, str(token))


def _bracketed(kind: Kind, parts: list[Token | Form]) -> Form:
    first = parts[0]
    items = tuple(part for part in parts if isinstance(part, Form))
    return Form(kind, first.line or 1, first.column or 1, items=items)


def _unescaped(match: re.Match[str]) -> str:
    code, char = match.groups()
    return chr(int(code, 16)) if code else _ESCAPED[char]


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic", postlex=_Brackets(), transformer=_Forms())
