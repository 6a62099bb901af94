"""What was mended is counted; a person hears of it once it is too much."""

from alchemiser.adapters.alpaca.health import Health
from tests.unit.adapters.alpaca.telling import Alerts


def test_a_kind_is_told_each_time_it_passes_the_threshold() -> None:
    """RS-13."""
    alerts = Alerts()
    health = Health(alerts, alert_above=3)

    for number in range(7):
        health.count("retry", f"try {number}")
    health.count("other")

    assert [kind for kind, _ in alerts.told] == ["retry", "retry"]
    assert "try 5" in alerts.told[1][1]
    assert health.counts() == {"retry": 7, "other": 1}


def test_what_needs_a_person_is_told_at_once_and_once() -> None:
    alerts = Alerts()
    health = Health(alerts)

    for text in ("a", "a", "b"):
        health.tell("unknown_status", text)

    assert alerts.told == [("unknown_status", "a"), ("unknown_status", "b")]
    assert health.counts() == {"unknown_status": 3}
