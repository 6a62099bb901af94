"""Make the mutants of a module: its source with one small change each.

Most operators are cosmic-ray's, which `make mutation` installs into a folder of its own.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutation_edits import edited

OPERATORS = Path(__file__).resolve().parent.parent / ".cache" / "mutation"

_ORDERS = (
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "Lt_GtE", "Lt_NotEq", "LtE_Lt", "LtE_Gt", "LtE_Eq"),
    *("Gt_GtE", "Gt_LtE", "Gt_NotEq", "GtE_Gt", "GtE_Lt", "GtE_Eq"),
)
_SUMS = (
    *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Div_FloorDiv", "Mod_FloorDiv"),
    *("Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr"),
)
CHOSEN = (
    *(f"ReplaceComparisonOperator_{pair}" for pair in _ORDERS),
    *(f"ReplaceBinaryOperator_{pair}" for pair in _SUMS),
    *("ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Not"),
    *("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop"),
    *("ExceptionReplacer", "NumberReplacer"),
)
"""What could plausibly have been written instead; `a >> b` for `a + b` dies of its type alone."""

_SPACED = re.compile(r"(?<=[\[(]) (?=-?\d)")
_SIGN_SPACED = re.compile(r"(?<=[\[(,:= ])- (?=\d+(?:\.\d+)?\b)(?<![\w)\]] - )")
NAMES_FOR_MESSAGES = frozenset({"finite", "positive"})
"""Functions that raise with their second argument in the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed module."""

    module: str
    """The file's path below the package."""
    line: int
    before: str
    """The lines that were changed, without indentation, joined by blanks."""
    after: str
    source: str
    """The whole module after the change."""


def mutants(module: str, source: str, members: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """Yield every mutant of `source` once.

    What only changes annotations, docstrings, decorators of classes or the messages of exceptions
    is none.
    """
    seen = {source}
    for start, piece in _pieces(source):
        same = _meaning(piece)
        rest = source[start + len(piece) :]
        for changed in (*_cosmic(piece), *edited(piece, members)):
            whole = source[:start] + changed + rest
            if whole in seen or not _compiles(whole) or _meaning(changed) == same:
                continue
            seen.add(whole)
            line, before, after = difference(source, whole)
            yield Mutant(module=module, line=line, before=before, after=after, source=whole)


def difference(old: str, new: str) -> tuple[int, str, str]:
    """Return the number of the first line that differs, and the differing lines of both."""
    left, right = old.splitlines(), new.splitlines()
    common = min(len(left), len(right))
    head = next((row for row in range(common) if left[row] != right[row]), common)
    tail = next(
        (back for back in range(common - head) if left[-1 - back] != right[-1 - back]),
        common - head,
    )
    before, after = left[head : len(left) - tail], right[head : len(right) - tail]
    return head + 1, _joined(before), _tidy(_joined(after))


def _tidy(text: str) -> str:
    """Return a changed line without the blanks that cosmic-ray leaves: `[- 2]`, `f(a, - 1)`."""
    return _SIGN_SPACED.sub("-", _SPACED.sub("", text))


def _joined(lines: Sequence[str]) -> str:
    return " ".join(filter(None, map(str.strip, lines)))


def _pieces(source: str) -> Iterator[tuple[int, str]]:
    """Yield the statements at the top of a module with their offsets; imports stay as they are."""
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        decorated = getattr(node, "decorator_list", ())
        first = min([node.lineno, *(decorator.lineno for decorator in decorated)]) - 1
        yield sum(map(len, lines[:first])), "".join(lines[first : node.end_lineno])


def _cosmic(piece: str) -> Iterator[str]:
    if str(OPERATORS) not in sys.path:
        sys.path.append(str(OPERATORS))
    from cosmic_ray.mutating import mutate_code  # noqa: PLC0415 - lives in a folder of its own
    from cosmic_ray.operators.provider import OperatorProvider  # noqa: PLC0415

    operators = OperatorProvider()
    for name in CHOSEN:
        occurrence = 0
        while (changed := mutate_code(piece, operators[name](), occurrence)) is not None:
            yield changed
            occurrence += 1


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _meaning(piece: str) -> str:
    """Return what of a piece is worth a mutant."""
    return ast.dump(_Bare().visit(ast.parse(piece)))


class _Bare(ast.NodeTransformer):
    """Strip what no test needs to notice."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        """Let names be given in any way: the star of a signature is no product."""
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.decorator_list = []
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in NAMES_FOR_MESSAGES:
            node.args[1:] = []
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            node.exc.args = []
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "msg":
            node.value = ast.Constant(None)
        return self.generic_visit(node)
