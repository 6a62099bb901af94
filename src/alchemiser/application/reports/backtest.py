"""The report of one backtest."""

from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.reports import circumstances, results, trading
from alchemiser.application.reports.circumstances import Origin
from alchemiser.application.reports.history import Past
from alchemiser.application.reports.words import listed
from alchemiser.ports.report_document import ReportDocument, Section


def backtest_document(report: BacktestReport, made: Origin) -> ReportDocument:
    """Return everything that is known of a backtest, whatever came of it.

    The same report and origin give the same document: no clock is read.
    """
    names = [name for name, _ in report.decided]
    return ReportDocument(
        title=f"Backtest of {listed(names)}" if names else "Backtest",
        subtitle=f"{report.start} to {report.end}, the {report.engine} engine, in {report.units}.",
        money=report.units,
        sections=(*backtest_sections(report), circumstances.origin(report, made)),
    )


def backtest_sections(report: BacktestReport) -> tuple[Section, ...]:
    """Return the sections of a backtest, for reports that tell more than one."""
    past = Past.of(report)
    return (
        results.summary(report, past),
        results.equity(report, past),
        results.falls(past),
        results.months(report, past),
        results.rolling(report, past),
        trading.exposure(report, past),
        trading.strategies(report, past),
        trading.trades(report),
        trading.costs(report, past),
        circumstances.regimes(report, past),
        circumstances.limits(report),
        circumstances.failures(report),
        circumstances.problems(report),
        circumstances.evidence(report),
    )
