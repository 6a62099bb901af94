"""The lines that a calibration offers are settings, and what was not estimated has none (EX-09)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from alchemiser.application.calibration import toml_lines
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.calibration.estimates import Estimate, estimate
from alchemiser.domain.execution.calibration.samples import ChildSample
from alchemiser.domain.execution.calibration.venue import VenueCalibration, venue_calibration
from alchemiser.domain.execution.calibration.working import (
    ShorterWalk,
    WorkingCalibration,
    working_calibration,
)
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ONE
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.settings import Settings
from tests.unit.domain.execution.calibration.recorded import Recorder, drawn

D = Decimal
COLLAR = D("0.02")


def findings(children: list[ChildSample]) -> tuple[VenueCalibration, WorkingCalibration]:
    """Return all that `children` say."""
    return (
        venue_calibration(children, 1.0),
        working_calibration(children, AlgorithmSettings(), COLLAR),
    )


def load(folder: Path, lines: list[str]) -> Settings:
    """Return the settings of a file with those lines."""
    file = folder / "alchemiser.toml"
    file.write_text("\n".join(lines))
    return Settings.load(file)


def value(found: object) -> Decimal:
    """Return what was estimated."""
    assert isinstance(found, Estimate)
    return found.value


def test_every_line_is_read_as_the_setting_that_was_estimated(tmp_path: Path) -> None:
    """EX-09: from fills at the simulated broker to the venue that the file describes."""
    venue, working = findings(Recorder(settings=VenueSettings()).work(drawn(400, 2)))
    saving = estimate(0.0002, 0.0001, 0.0003, 50)
    working = replace(
        working,
        walk=ShorterWalk(walk=(D("0.75"), ONE), saving=saving),
        step_seconds_max=Estimate(value=D(12), low=D(9), high=D(14), count=80),
    )

    read = load(tmp_path, list(toml_lines(venue, working)))

    told = read.broker.venue_settings()
    assert told.half_spread == {kind: value(venue.half_spread[kind]) for kind in AssetClass}
    assert told.slippage == value(venue.slippage)
    assert told.impact.coefficient == value(venue.impact)
    assert told.partial_probability == value(venue.partial_probability)
    assert told.delay_min == timedelta(microseconds=int(value(venue.delay_min) * 10**6))
    assert told.delay_max == timedelta(microseconds=int(value(venue.delay_max) * 10**6))
    assert read.execution.limit_offset == value(working.limit_offset)
    assert read.execution.walk == (D("0.75"), ONE)
    assert read.execution.step_seconds_max == 12


def test_what_was_not_estimated_keeps_what_stands(tmp_path: Path) -> None:
    lines = list(toml_lines(*findings([])))

    assert lines == []
    assert load(tmp_path, lines).broker.venue_settings() == VenueSettings()


def test_part_of_the_classes_is_written_and_the_others_stand(tmp_path: Path) -> None:
    children = Recorder(settings=VenueSettings()).work(drawn(60, 2)[::4])
    venue, working = findings(children * 3)

    lines = list(toml_lines(venue, working))

    spreads = [line.split(" = ")[0] for line in lines[lines.index("[broker.venue.half_spread]") :]]
    assert spreads == ["[broker.venue.half_spread]", "stock"]
    told = load(tmp_path, lines).broker.venue_settings()
    assert told.half_spread[AssetClass.BROAD_FUND] == D("0.0001")


def test_venue_of_the_settings_is_the_model_s_own_by_default() -> None:
    settings = Settings()

    assert settings.broker.venue_settings() == VenueSettings()
    cash = settings.broker.model_copy(update={"account_type": "cash"})
    assert cash.venue_settings() == VenueSettings(kind=AccountKind.CASH)
