"""What programs read about many variants."""

from dataclasses import asdict

from alchemiser.application.research.evidence import Evidence
from alchemiser.application.research.sweep import Surface, SweepReport, Trial
from alchemiser.application.research.walk_forward import WalkForwardReport
from alchemiser.entrypoints.cli.backtest_json import course, stranded

Row = dict[str, object]


def sweep(report: SweepReport) -> Row:
    """Return how a sweep went; the figures at the top are those of the best."""
    return {
        **course(report.best),
        "by": report.by,
        "chosen": report.chosen,
        "trials": [_trial(one) for one in report.trials],
        "evidence": _evidence(report.evidence),
        "surface": None if report.surface is None else _surface(report.surface),
        "regimes": report.regimes,
        "failures": [{"variant": label, "reason": why} for label, why in report.failures],
        "digest": report.digest,
        "best_digest": report.best.digest,
        "taken_up": report.taken_up,
    }


def walk_forward(report: WalkForwardReport) -> Row:
    """Return how a walk forward went; the figures at the top are those of all tests in one."""
    return {
        **course(report.course),
        "by": report.by,
        "variants": report.variants,
        "windows": report.stretches,
        "in_sample": report.inside,
        "out_of_sample": report.outside,
        "won": report.won,
        "evidence": _evidence(report.evidence),
        "regimes": report.regimes,
        "failures": [{"variant": label, "reason": why} for label, why in report.failures],
        "digest": report.digest,
        "course_digest": report.course.digest,
        "taken_up": report.taken_up,
    }


def _trial(one: Trial) -> Row:
    return {**asdict(one), "stranded": stranded(one.stranded)}


def _evidence(one: Evidence) -> Row:
    return {
        "trials": one.trials,
        "independent": one.independent,
        "deflated_sharpe": one.deflated_sharpe,
        "overfitting": one.overfitting,
        "loss": one.loss,
        "verdict": one.verdict,
    }


def _surface(one: Surface) -> Row:
    return {
        "axes": [{"param": axis.label, "values": axis.values} for axis in one.axes],
        "figures": one.figures,
        "around": one.around,
    }
