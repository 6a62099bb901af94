"""Reading a plugin's source for what looks ahead, or asks the world, whatever the data are."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from alchemiser.application.certification.literals import tree_of
from alchemiser.ports.candidate import SourceFile

Finder = Callable[[ast.AST], str]

_CLOCK: Final = frozenset({"now", "today", "utcnow"})
_BACKWARD: Final = frozenset({"bfill", "backfill"})
_FRAMES: Final = frozenset({
    "f_back",
    "f_globals",
    "f_locals",
    "tb_frame",
    "gi_frame",
    "cr_frame",
    "ag_frame",
})
_INNARDS: Final = frozenset({
    "__array_interface__",
    "__array_struct__",
    "__closure__",
    "__globals__",
    "__subclasses__",
})
_PRIVATE: Final = frozenset({"_panel", "_cut", "_readings", "_reads", "_row", "_whole", "_columns"})
_ARRAYS: Final = frozenset({"close", "open", "high", "low", "volume", "raw_close", "blocked"})
_CENTRED: Final = frozenset({"filtfilt", "savgol_filter", "sosfiltfilt"})
_BANNED: Final[Mapping[str, str]] = {
    "ctypes": "calls machine code",
    "cffi": "calls machine code",
    "gc": "looks through the memory of its process",
    "inspect.currentframe": "looks into its callers",
    "inspect.stack": "looks into its callers",
    "inspect.getouterframes": "looks into its callers",
    "mmap": "looks through memory",
    "marshal": "runs code that cannot be read",
    "secrets": "draws what cannot be repeated",
    "sys._current_frames": "looks into its callers",
    "sys._getframe": "looks into its callers",
    "sys.argv": "asks how it was called",
    "sys.modules": "asks who is there",
    "sys.executable": "asks about the machine",
    "sys.flags": "asks how it was called",
    "sys.implementation": "asks about the machine",
    "sys.platform": "asks about the machine",
    "sys.setprofile": "watches its caller",
    "sys.settrace": "watches its caller",
    "sys.version": "asks about the machine",
    "atexit": "leaves something to be done later",
    "signal": "changes how its process answers signals",
    "os.environ": "reads the environment",
    "os.getenv": "reads the environment",
    "os.abort": "ends its process",
    "os.close": "closes what others have open",
    "os.closerange": "closes what others have open",
    "os._exit": "ends its process",
    "os.kill": "signals a process",
    "os.urandom": "draws what cannot be repeated",
    "random.SystemRandom": "draws what cannot be repeated",
    "socket": "uses the network",
    "subprocess": "starts processes",
    "threading": "starts threads",
    "multiprocessing": "starts processes",
    "urllib.request": "uses the network",
    "http.client": "uses the network",
    "requests": "uses the network",
    "httpx": "uses the network",
    "time.time": "asks the clock",
    "time.time_ns": "asks the clock",
    "time.localtime": "asks the clock",
    "time.gmtime": "asks the clock",
    "time.sleep": "waits",
    "uuid.uuid1": "draws what cannot be repeated",
    "uuid.uuid4": "draws what cannot be repeated",
}
_RUNNERS: Final = frozenset({"eval", "exec", "compile", "__import__"})


def findings(sources: Iterable[SourceFile]) -> Iterator[str]:
    """Yield for each file of Python what is wrong with it first, with its place, or ""."""
    for source in sources:
        if source.name.endswith(".py"):
            try:
                yield next(_in_file(source), "")
            except (MemoryError, RecursionError):
                yield f"{source.name}:1 is nested too deeply to be read."


def _in_file(source: SourceFile) -> Iterator[str]:
    tree = tree_of(source)
    names = _imported(tree)
    views = _views(tree)
    finders: tuple[Finder, ...] = (
        lambda node: _mentioned(node, names),
        _called,
        _touched,
        _worded,
        lambda node: _based(node, views),
    )
    for node in ast.walk(tree):
        for finder in finders:
            what = finder(node)
            if what:
                yield f"{source.name}:{getattr(node, 'lineno', 1)} {what}."
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield from (f"{source.name}:{line} {what}." for line, what in _untimely(node))


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return each name that an import binds, with the full dotted name of what it means."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                names[bound] = alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _mentioned(node: ast.AST, names: Mapping[str, str]) -> str:
    """Return what is wrong with an import, or with the use of what it bound."""
    match node:
        case ast.Import(names=aliases):
            meant = [alias.name for alias in aliases]
        case ast.ImportFrom(module=module, names=aliases, level=0):
            meant = [f"{module}.{alias.name}" for alias in aliases]
        case ast.Attribute() | ast.Name():
            head, _, rest = _dotted(node).partition(".")
            meant = [".".join(filter(None, (names[head], rest)))] if head in names else []
        case _:
            meant = []
    for name in meant:
        for banned, why in _BANNED.items():
            if name == banned or name.startswith(f"{banned}."):
                return f"{why} ({banned})"
    return ""


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            owner = _dotted(value)
            return f"{owner}.{attr}" if owner else ""
        case _:
            return ""


def _called(node: ast.AST) -> str:
    """Return what is wrong with a call, wherever it stands."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) if name in _CLOCK:
            return f"asks the clock ({name})"
        case ast.Call(func=ast.Name(id=name)) if name in _RUNNERS:
            return f"runs code that cannot be read ({name})"
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="object"), attr="__setattr__"), args=[owner, *_]
        ) if _dotted(owner) != "self":
            return "changes what it was given (object.__setattr__)"
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]) if (
            name in _INNARDS | _FRAMES | _PRIVATE | {"base"}
        ):
            return f"looks behind what it was shown ({name})"
        case _:
            return ""


def _untimely(function: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where a function takes values of later sessions, unless it drops what is not known.

    Within a window whose sessions have all passed, what followed each of them is known but for the
    last; code that drops the unknown end learns from the past, and the experiments judge it.
    """
    if any(map(_drops, ast.walk(function))):
        return
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                for wrong, why in _calls(node, name):
                    if wrong:
                        yield node.lineno, why
            case _:
                pass


def _drops(node: ast.AST) -> bool:
    """Say whether `node` leaves out the end of a series, or what is missing in it."""
    match node:
        case ast.Call(func=ast.Attribute(attr="dropna")):
            return True
        case ast.Subscript(slice=ast.Slice(upper=ast.UnaryOp(op=ast.USub()))):
            return True
        case _:
            return False


def _calls(call: ast.Call, name: str) -> Iterator[tuple[bool, str]]:
    """Yield what may be untimely in a call of `name`, and whether it is."""
    named = {word.arg: word.value for word in call.keywords}
    first, second = (*call.args, None, None)[:2]
    texts = {_text(part) for part in (*call.args, *named.values())}
    yield (
        (name in {"shift", "pct_change"} and _negative(named.get("periods", first)))
        or (name == "roll" and _negative(named.get("shift", second)))
        or (name == "diff" and _minus(named.get("periods", first))),
        f"takes values of later sessions ({name} by a negative number)",
    )
    yield (
        (name == "rolling" and _text(named.get("center")) is True)
        or (name in {"convolve", "correlate"} and "same" in texts)
        or name in _CENTRED,
        f"takes windows that reach into later sessions ({name})",
    )
    yield (
        name in _BACKWARD
        or (name in {"fillna", "reindex", "asof"} and _text(named.get("method")) in _BACKWARD)
        or (name == "interpolate" and _text(named.get("limit_direction")) in {"backward", "both"}),
        f"fills gaps from later sessions ({name})",
    )


def _touched(node: ast.AST) -> str:
    """Return what is wrong with an attribute."""
    match node:
        case ast.Attribute(attr=name) if name in _FRAMES:
            return f"looks into its callers ({name})"
        case ast.Attribute(attr=name) if name in _INNARDS:
            return f"looks behind what it was shown ({name})"
        case ast.Attribute(attr=name, value=ast.Name(id=owner)) if name in _PRIVATE:
            return "" if owner in {"self", "cls"} else f"looks into what it was shown ({name})"
        case ast.Attribute(attr=name, value=ast.Call()) if name in _PRIVATE:
            return f"looks into what it was shown ({name})"
        case _:
            return ""


def _worded(node: ast.AST) -> str:
    """Return what is wrong with a text that numpy or pandas takes for the present moment."""
    match node:
        case ast.Call(args=[ast.Constant(value=str(text)), *_]) if text.lower() in _CLOCK:
            return f"asks the clock ({text!r})"
        case ast.Call(args=[ast.List(elts=[ast.Constant(value=str(text)), *_]), *_]):
            return f"asks the clock ({text!r})" if text.lower() in _CLOCK else ""
        case _:
            return ""


def _views(tree: ast.Module) -> frozenset[str]:
    """Return the names that hold what a view showed."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_shown(node.value, frozenset(found)):
            found |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    return frozenset(found)


def _is_shown(node: ast.AST, views: frozenset[str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="close" | "panel")):
            return True
        case ast.Attribute(attr=name, value=value) if name in _ARRAYS:
            return _is_shown(value, views) or (isinstance(value, ast.Name) and "panel" in value.id)
        case ast.Subscript(value=value):
            return _is_shown(value, views)
        case ast.Name(id=name):
            return name in views
        case _:
            return False


def _based(node: ast.AST, views: frozenset[str]) -> str:
    match node:
        case ast.Attribute(attr="base", value=value) if _is_shown(value, views):
            return "looks behind the arrays it was shown (base)"
        case _:
            return ""


def _negative(node: ast.AST | None) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _minus(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.UnaryOp) and _negative(node) and isinstance(node.operand, ast.Constant)
    )


def _text(node: ast.AST | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
