"""The data desk: what pulls bars, examines them and tells how they were revised."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from alchemiser.application.checked_history import CheckedHistory
from alchemiser.application.pulling import Puller, WholeSource
from alchemiser.application.revisions import Touched, touched
from alchemiser.container.adapters import adapter
from alchemiser.container.alpaca_parts import exchange_day
from alchemiser.container.assembly import build_offline, code_hash, today, wall_clock
from alchemiser.container.kept_parts import FIRST
from alchemiser.container.parts import Parts
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.gate import Finding, FindingCode
from alchemiser.domain.market.inspection import inspect
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError
from alchemiser.ports.series_store import HistoryPort, Revision, SeriesStorePort
from alchemiser.settings import Settings

_CLOSURE_MAX: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Tell what an examination found.

    Attributes:
        place: What was examined.
        symbols: What could be read, sorted.
        sessions: Sessions from the first bar to the last.
        problems: What is wrong or odd, by symbol.
    """

    place: str
    symbols: tuple[Symbol, ...]
    sessions: int
    problems: tuple[Finding, ...]

    @property
    def blocked(self) -> tuple[Symbol, ...]:
        """The symbols that a decision could not read, sorted."""
        return tuple(sorted({one.symbol for one in self.problems if one.blocks}))


@dataclass(frozen=True, slots=True, kw_only=True)
class PullDesk:
    """Hold what a pull needs.

    Attributes:
        puller: What pulls.
        symbols: What to pull, sorted.
        now: The present moment out there, UTC.
        last: The last session that has closed by then.
    """

    puller: Puller
    symbols: tuple[Symbol, ...]
    now: datetime
    last: date


def build_puller(settings: Settings, symbols: Sequence[Symbol]) -> PullDesk:
    """Return what pulls `symbols`, or all that the strategies read.

    Raises:
        SettingsError: When no symbols are named and no strategy is enabled.
        PluginError: When a strategy cannot be loaded.
        InputError: When the source breaks its contract.
        PortUnavailableError: When a venue on this machine does not tell its time.
    """
    parts = Parts(settings=settings, day=today(), code=code_hash(), start=wall_clock().now())
    names = sorted(set(symbols)) or _read_by_strategies(parts)
    now = parts.seen_clock().now()
    day = exchange_day(now)
    sessions = parts.table().sessions(day - _CLOSURE_MAX, day)
    return PullDesk(
        puller=Puller(
            CheckedHistory(_origin(parts), parts.market().check),
            parts.series_store(),
            parts.calendar(),
            FIRST,
        ),
        symbols=tuple(names),
        now=now,
        last=[one.day for one in sessions if one.close_at <= now][-1],
    )


def check_data(settings: Settings | None, path: Path | None) -> Checked:
    """Examine the bars at `path`, or else those that were pulled, or else those configured.

    Raises:
        SettingsError: When there is nothing to examine.
        InputError: When nothing is there, or the source breaks its contract.
        PortUnavailableError: When the source cannot be reached for its corporate actions.
    """
    if path is not None:
        return _check_files(path)
    base = settings or Settings()
    if base.series_file().exists():
        return _check_store(base)
    if base.data.adapter == "files":
        return _check_files(base.data_path())
    msg = "nothing has been pulled yet: run `alchemiser data pull`, or name --data PATH."
    raise SettingsError(msg)


def convert_data(path: Path, target: Path, kind: str) -> tuple[int, int]:
    """Write the bars at `path` to `target` as files of `kind`; return symbols and rows.

    Raises:
        InputError: When the source breaks its contract or the target exists.
        PortUnavailableError: When the target cannot be written.
    """
    convert: Callable[..., tuple[int, int]] = adapter("files.writing.convert")
    return convert(path, target, kind, Parts().table())


def data_revisions(settings: Settings) -> tuple[tuple[Revision, ...], tuple[Touched, ...]]:
    """Return how kept bars were revised, and which recorded decisions had read them before.

    Raises:
        InputError: When nothing has been pulled, or the journal breaks its contract.
        PortUnavailableError: When store or journal cannot be read.
    """
    if not settings.series_file().exists():
        msg = f"{settings.series_file()} does not exist: run `alchemiser data pull` first."
        raise InputError(msg)
    revisions = _store(settings).revisions()
    journal = build_offline(settings).journal if settings.journal_file().exists() else None
    return revisions, touched(journal.read(), revisions) if journal is not None else ()


def _read_by_strategies(parts: Parts) -> list[Symbol]:
    """Return every symbol that a decision reads.

    Raises:
        SettingsError: When no strategy is enabled.
    """
    if not parts.settings().strategies:
        msg = "nothing says what to pull: add --symbols SPY,TLT, or enable a strategy."
        raise SettingsError(msg)
    needed = {
        name for enabled in parts.strategies() for name in enabled.strategy.requirements.symbols()
    }
    return sorted(needed | parts.policy().benchmarks.lookbacks().keys())


def _origin(parts: Parts) -> HistoryPort:
    """Return the configured source, as one that serves any part of its history."""
    data = parts.settings().data
    if data.adapter == "alpaca":
        origin: HistoryPort = parts.alpaca_market()
        return origin
    return WholeSource(parts.market(), f"{data.adapter} {data.path or data.seed}")


def _store(settings: Settings) -> SeriesStorePort:
    store: SeriesStorePort = adapter("bars_store.series.SqliteSeriesStore")(settings.series_file())
    return store


def _check_files(path: Path) -> Checked:
    files = adapter("files.examining.ExaminedFiles")(path, Parts().table())
    names, last = files.symbols(), files.last()
    if last is None:
        return Checked(place=str(path), symbols=(), sessions=0, problems=files.problems())
    panel = files.bars(names, through=last)
    actions = files.corporate_actions(names, first=panel.sessions[0], last=last)
    return _checked(str(path), panel, actions, files.problems())


def _check_store(settings: Settings) -> Checked:
    parts = Parts(settings=settings, day=today(), code=code_hash(), start=wall_clock().now())
    store, source = _store(settings), _origin(parts).source()
    covered = store.coverage(source)
    if not covered:
        msg = f"nothing has been pulled from {source} yet: run `alchemiser data pull`."
        raise SettingsError(msg)
    first = min(span[0] for span in covered.values())
    last = max(span[1] for span in covered.values())
    names = sorted(covered)
    sessions = [one.day for one in parts.calendar().sessions(first, last)]
    panel = store.read(names, source=source, sessions=sessions)
    actions = parts.market().corporate_actions(names, first=first, last=last)
    return _checked(str(settings.series_file()), panel, actions, tuple(_mixed(store)))


def _mixed(store: SeriesStorePort) -> Iterator[Finding]:
    for name, sources in store.sources().items():
        if len(sources) > 1:
            text = f"{name} was pulled as {' and as '.join(sources)}: only one of them is read."
            yield Finding(
                symbol=name,
                code=FindingCode.MIXED_SOURCES,
                session=None,
                blocks=False,
                text=text,
            )


def _checked(
    place: str,
    panel: BarPanel,
    actions: Sequence[CorporateAction],
    problems: tuple[Finding, ...],
) -> Checked:
    found = (*problems, *inspect(panel, actions))
    return Checked(
        place=place,
        symbols=panel.symbols,
        sessions=len(panel.sessions),
        problems=tuple(sorted(found, key=lambda one: one.symbol)),
    )
