"""`controls` as an owner runs it."""

from tests.e2e.conftest import Cli, World


def test_controls_are_proved_without_a_configuration(cli: Cli) -> None:
    """RC-17."""
    ended = cli("controls", "--json")

    assert (ended.code, ended.err) == (0, "")
    controls = ended.json()["controls"]
    assert len(controls) >= 300
    assert all(control["proved"] for control in controls)
    assert set(controls[0]) == {"id", "proved", "order", "code", "observed", "limit"}


def test_controls_are_proved_under_the_owners_limits(cli: Cli, world: World) -> None:
    """RC-16."""
    world.config(
        "[risk]\nmax_order_notional = 2500\n[risk.max_position]\nTQQQ = 0.05\n"
        "[risk.breakers]\nrefusals_max = 7\n"
    )

    ended = cli("controls")

    assert (ended.code, ended.err) == (0, "")
    assert "max_order_notional: buy 26 BRD at 100: 2600, the limit 2500" in ended.out
    assert "max_position.TQQQ" in ended.out
    assert "breaker.broker_refusals: the broker refuses 7 orders: 7, the limit 7" in ended.out
    assert "proved; nothing was sent anywhere" in ended.out
    assert world.files() == {}
