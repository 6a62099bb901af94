"""Nothing is written twice: variants are configuration of one implementation."""

import ast
import io
import keyword
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterable

from tests.architecture.source import Source, package_sources, planted, plugin_sources

SAME_LINES = 7
"""So many significant lines in a row, to the letter, are one piece of code in two places."""
SAME_SHAPE = 10
"""So many, but for names, texts and numbers, are a copied variant."""

THIN = frozenset({"", ")", "]", "}", "),", "],", "},", "):", "(", "[", "{", "else:", "try:"})
Folding = Callable[[Source], list[tuple[int, str]]]


def to_the_letter(source: Source) -> list[tuple[int, str]]:
    """Return the significant lines of all functions, without comments and lone punctuation."""
    inside = _inside_functions(source.tree)
    lines = enumerate((" ".join(line.split()) for line in source.text.splitlines()), start=1)
    return [
        (number, line)
        for number, line in lines
        if number in inside and line not in THIN and not line.startswith("#")
    ]


def in_shape(source: Source) -> list[tuple[int, str]]:
    """Return the lines with every name, text and number made the same."""
    folded: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type in {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT}:
            continue
        word = token.string
        if token.type == tokenize.NAME and not keyword.iskeyword(word):
            word = "n"
        elif token.type == tokenize.STRING:
            word = "" if word.startswith(('"""', "'''")) else "s"
        elif token.type == tokenize.NUMBER:
            word = "0"
        folded[token.start[0]].append(word)
    keep = {number for number, _ in to_the_letter(source)}
    return [(number, "".join(words)) for number, words in sorted(folded.items()) if number in keep]


def repeated(sources: Iterable[Source], fold: Folding, length: int) -> list[str]:
    """Return each run of `length` folded lines that stands in two places."""
    places: dict[tuple[str, ...], str] = {}
    found: list[str] = []
    for source in sources:
        lines = fold(source)
        last = -length
        for start in range(len(lines) - length + 1):
            run = tuple(line for _, line in lines[start : start + length])
            here = f"{source.name}:{lines[start][0]}"
            first = places.setdefault(run, here)
            overlaps = first.startswith(f"{source.name}:") and start - last < length
            if first != here and not overlaps:
                found.append(f"{here} repeats {first}")
                last = start
    return found


def _inside_functions(tree: ast.Module) -> set[int]:
    """Return the numbers of the lines of every function's body but its docstring."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node) is not None
            for statement in node.body[documented:]:
                inside |= set(range(statement.lineno, (statement.end_lineno or 0) + 1))
    return inside


def test_no_code_of_package_or_plugins_stands_in_two_places() -> None:
    """ST-07, AR-10."""
    sources = (*package_sources(), *plugin_sources())

    assert repeated(sources, to_the_letter, SAME_LINES) == []


def test_no_variant_of_a_strategy_is_a_copy_with_other_names() -> None:
    """ST-07."""
    assert repeated(plugin_sources(), in_shape, SAME_SHAPE) == []


BODY = "\n".join(f"    total = spread({n}, 'SPY') + total" for n in range(SAME_SHAPE))


def test_check_finds_a_planted_copy() -> None:
    first, second = f"def a(x):\n{BODY}\n", f"class B:\n  y = 1\n  def c(z):\n{BODY}\n"
    sources = [planted(first, name="one.py"), planted(second, name="two.py")]

    assert len(repeated(sources, to_the_letter, SAME_LINES)) >= 1


def test_check_finds_a_planted_variant_with_other_names_and_numbers() -> None:
    other = BODY.replace("total", "amount").replace("SPY", "QQQ").replace("0,", "70,")
    sources = [
        planted(f"def a(x):\n{BODY}\n", name="one.py"),
        planted(f"def b(x):\n{other}\n", name="two.py"),
    ]

    assert repeated(sources, to_the_letter, SAME_LINES) == []
    assert len(repeated(sources, in_shape, SAME_SHAPE)) >= 1
