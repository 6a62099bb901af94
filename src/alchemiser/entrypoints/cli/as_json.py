"""What programs read: one JSON object an answer, every amount exact to its last digit."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal

from alchemiser.application.certification.report import CertificationReport
from alchemiser.application.preflight import Preflight
from alchemiser.application.quality import QualityReport
from alchemiser.application.report import (
    CycleReport,
    Explanation,
    Overview,
    PlanReport,
    SignalsReport,
    StrategyLine,
)
from alchemiser.application.tree_import import TreeReport
from alchemiser.domain.journal.chain import ChainReport, Envelope
from alchemiser.entrypoints.cli.lots_json import gained
from alchemiser.entrypoints.cli.sources import sources_json
from alchemiser.ports.strategy_source import InstalledPlugin

Document = dict[str, object]


def dumps(value: object) -> str:
    """Return `value` as JSON on one line; decimals are numbers with all their digits.

    Raises:
        TypeError: When `value` holds something that is neither plain nor a dataclass.
    """
    match value:
        case Decimal():
            text = f"{value:f}"
        case float():
            text = json.dumps(value) if math.isfinite(value) else "null"
        case None | bool() | int() | str():
            text = json.dumps(value)
        case datetime() | date():
            text = json.dumps(value.isoformat())
        case Mapping():
            text = _braced(value.items())
        case list() | tuple():
            text = f"[{', '.join(map(dumps, value))}]"
        case _ if is_dataclass(value):
            text = _braced((field.name, getattr(value, field.name)) for field in fields(value))
        case _:
            msg = f"{type(value).__name__} has no form in JSON."
            raise TypeError(msg)
    return text


def _braced(pairs: Iterable[tuple[object, object]]) -> str:
    return f"{{{', '.join(f'{json.dumps(str(name))}: {dumps(part)}' for name, part in pairs)}}}"


def cycle(report: CycleReport) -> Document:
    """Return what `run` says."""
    return {
        "status": report.status,
        "reason": report.reason,
        "cycle_id": report.cycle_id,
        "session": report.session,
        "digest": report.digest,
        "orders": report.orders,
        "fills": report.fills,
        "exits": report.exits,
        "sized": report.sized,
        "limited": report.limited,
        "undecided": _in_state(report.strategies, "undecided"),
        "failed": _in_state(report.strategies, "failed"),
        "reconciled": report.reconciled,
        "breaks": report.breaks,
        "strategies": strategies(report.strategies),
    }


def strategies(lines: Iterable[StrategyLine]) -> Document:
    """Return what each strategy wants and why, by its name."""
    return {
        line.strategy: {
            "state": line.state,
            "weights": dict(line.weights),
            "reason": line.reason,
            "regime": line.regime,
            "resting": line.resting,
            "trace": line.trace,
        }
        for line in lines
    }


def signals(report: SignalsReport) -> Document:
    """Return what `signals` says."""
    return {
        "as_of": report.as_of,
        "timing": report.timing,
        "strategies": strategies(report.strategies),
    }


def plan(report: PlanReport) -> Document:
    """Return what `plan` says."""
    return {
        "as_of": report.as_of,
        "timing": report.timing,
        "orders": report.orders,
        "refused": [
            {"order": order, "code": why.code, "observed": why.observed, "limit": why.limit}
            for order, why in report.refused
        ],
        "plan_refused": report.plan_refused,
        "stopped": report.stopped,
        "limited": report.limited,
        "target": report.target,
        "transfers": report.transfers,
        "strategies": strategies(report.strategies),
    }


def overview(report: Overview) -> Document:
    """Return where things stand."""
    return {
        "state": report.state,
        "reason": report.reason,
        "equity": report.equity,
        "cash": report.cash,
        "positions": _positions(report.positions),
        "books": [
            {
                "id": book.book,
                "cash": book.cash,
                "equity": book.equity,
                "positions": _positions(book.positions),
            }
            | gained(book)
            for book in report.books
        ],
        "session": report.session,
        "orders": report.orders,
        "breaks": report.breaks,
        "changes": report.changes,
        "owed": report.owed,
    }


def quality(report: QualityReport) -> Document:
    """Return how well orders were worked."""
    return {"algorithms": report.algorithms, "orders": report.orders}


def explanation(report: Explanation) -> Document:
    """Return why an order, or all orders of a cycle, came to be."""
    return {
        "cycle_id": report.cycle_id,
        "session": report.session,
        "order": report.orders[0] if len(report.orders) == 1 else None,
        "orders": report.orders,
        "reason": report.reason,
        "contributions": report.contributions,
        "limited": report.limited,
        "strategies": strategies(report.strategies),
        "trace": [
            {"strategy": line.strategy}
            | {field.name: getattr(step, field.name) for field in fields(step)}
            for line in report.strategies
            for step in line.trace
        ],
    } | sources_json(report.sources)


def chain(report: ChainReport) -> Document:
    """Return how far the journal's chain holds."""
    return {
        "records": report.records,
        "ok": report.ok,
        "head": report.head.hash,
        "problem": report.problem,
    }


def line(envelope: Envelope) -> str:
    """Return one journal record as JSON, with its data exactly as they were hashed."""
    return f'{dumps(_frame(envelope))[:-1]}, "data": {envelope.data}}}'


def record(envelope: Envelope) -> Document:
    """Return one journal record as an object."""
    return _frame(envelope) | {"data": json.loads(envelope.data, parse_float=Decimal)}


def _frame(envelope: Envelope) -> Document:
    return {
        "sequence": envelope.sequence,
        "epoch": envelope.epoch,
        "at": envelope.at,
        "cycle_id": envelope.cycle_id,
        "type": envelope.type,
        "version": envelope.version,
        "previous": envelope.previous,
        "hash": envelope.hash,
    }


def certification(report: CertificationReport) -> Document:
    """Return what a certification found."""
    one = report.identity
    return {
        "certified": report.certified,
        "strategy": one.strategy,
        "plugin": one.plugin,
        "version": one.version,
        "content_hash": one.content_hash,
        "tree": report.tree,
        "cuts": report.cuts,
        "seed": report.seed,
        "checks": report.checks,
    }


def preflight(report: Preflight) -> Document:
    """Return what `doctor` found."""
    return {"ok": report.ok, "checks": report.checks}


def plugins(installed: Iterable[InstalledPlugin]) -> Document:
    """Return what is installed."""
    return {
        "plugins": [
            {
                "plugin": row.plugin,
                "version": row.version,
                "hash": row.content_hash,
                "strategies": [
                    {
                        "id": offer.strategy_id,
                        "summary": offer.summary,
                        "params": dict(offer.params),
                    }
                    for offer in row.offers
                ],
                "problem": row.problem,
            }
            for row in installed
        ]
    }


def imported(report: TreeReport) -> Document:
    """Return what a file of another system turned out to be."""
    found = report.imported
    return {
        "supported": not found.problems,
        "symbols": report.symbols,
        "max_lookback": report.max_lookback,
        "unsupported": found.problems,
        "name": found.name,
        "nodes": report.nodes,
        "blocks": dict(found.blocks),
        "rebalance": found.rebalance,
        "hash": report.content_hash,
    }


def _positions(pairs: Iterable[tuple[str, Decimal]]) -> list[Document]:
    return [{"symbol": name, "quantity": quantity} for name, quantity in pairs]


def _in_state(lines: Iterable[StrategyLine], state: str) -> list[str]:
    return [line.strategy for line in lines if line.state == state]
