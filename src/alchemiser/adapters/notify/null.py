"""A notifier for worlds in which nobody listens."""

from alchemiser.ports.notifier import Alert


class NullNotifier:
    """Tell nobody: for a backtest, whose report says it all; implements NotifierPort."""

    def notify(self, alert: Alert) -> None:
        """Drop `alert`."""
