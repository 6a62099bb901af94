"""Which tests show which requirement: read from what their docstrings cite.

`python -m tools.proofs` prints the page docs/proofs.md.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CITED: Final = re.compile(r"\b(OS|SE|EX)-(\d\d)(?: to (?:(?:OS|SE|EX)-)?(\d\d))?\b")

TITLES: Final[Mapping[str, str]] = {
    "OS-01": "no untyped mapping in the order path",
    "OS-02": "a malformed order cannot be made",
    "OS-03": "a report that lacks what it must tell is an error",
    "OS-04": "bad price, quantity or notional is refused before anything leaves",
    "OS-05": "exact decimals with stated rounding at every port",
    "OS-06": "one gate before every submit, and no second way",
    "OS-07": "largest order, absolute and of equity",
    "OS-08": "one id an intent, at most one order at the broker",
    "OS-09": "too many orders halt",
    "OS-10": "every order has a price bound",
    "OS-11": "every order is followed to its end",
    "OS-12": "a send has a result: accepted, rejected or unknown",
    "OS-13": "fills are exact in any order and repetition",
    "OS-14": "fractions and whole shares",
    "OS-15": "rejections are told apart",
    "OS-16": "asset classes are data",
    "OS-17": "a plan is admissible as a whole, and says what follows a failure",
    "OS-18": "sells fund buys",
    "OS-19": "market hours cannot be lifted live",
    "OS-20": "halted, suspended and delisted symbols are refused",
    "OS-21": "what cannot be read blocks",
    "OS-22": "steps, time and price of a walk have caps",
    "OS-23": "a cancel is waited for",
    "OS-24": "positions and cash are compared after each run",
    "SE-01": "settlement by the cycle of the day",
    "SE-02": "day trades by the rule of the day",
    "SE-03": "buying power less what is open",
    "SE-04": "margin is watched",
    "SE-05": "day-trading buying power",
    "SE-06": "good-faith violations are prevented",
    "SE-07": "a buying power that cannot be read blocks",
    "SE-08": "every order has its own outcome",
    "EX-01": "waits follow spread and volatility",
    "EX-02": "TWAP",
    "EX-03": "VWAP and participation",
    "EX-04": "impact is estimated, volume caps",
    "EX-05": "pegs and slippage are configuration",
    "EX-06": "events first, polling as fallback",
    "EX-07": "algorithms against every book",
    "EX-08": "pricing, placing, selling and tracking are apart",
    "EX-09": "slippage and latency an order",
    "EX-10": "quotes are fresh or refused",
}


def main() -> None:
    """Print the page."""
    print(page(), end="")


def page() -> str:
    """Return the page as it has to be."""
    shown = proofs()
    rows = (
        f"| {name} | {title} | {', '.join(shown.get(name, ()))} |" for name, title in TITLES.items()
    )
    return (
        "# Proofs\n\n"
        "Which tests show which requirement on orders (OS), settlement and buying power (SE) and "
        "execution (EX): those that cite it. `python -m tools.proofs` writes this page anew.\n\n"
        "| id | in short | shown by |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def proofs() -> dict[str, list[str]]:
    """Return the files whose tests cite each requirement, sorted."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT / "tests").as_posix().removesuffix(".py")
        for cited in _cited(ast.parse(path.read_text())):
            found.setdefault(cited, set()).add(f"`{name}`")
    return {name: sorted(files) for name, files in found.items()}


def _cited(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            for group, first, last in CITED.findall(ast.get_docstring(node) or ""):
                for number in range(int(first), int(last or first) + 1):
                    yield f"{group}-{number:02}"


if __name__ == "__main__":
    main()
