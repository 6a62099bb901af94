"""Write the session table anew from exchange_calendars.

Run `python -m alchemiser.adapters.sessions.generate` after the exchange has announced a change and
exchange_calendars has learnt it.

Each row tells how one weekday, or all from one weekday on, differ from what stands before it:

- `closed`: no session on that day;
- `hours`: the usual hours in UTC from that day on (they move with daylight saving);
- `special`: other hours in UTC on that day alone.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from alchemiser.adapters.sessions.table import FIRST_DAY, LAST_DAY, SATURDAY, TABLE

_EXCHANGE = "XNYS"
_NEW_YORK = ZoneInfo("America/New_York")
_USUAL_HOURS = ("09:30", "16:00")


def render() -> str:
    """Return the text of the table, LF line ends."""
    return "".join(f"{line}\n" for line in ("day,kind,open,close", *_rows(_schedule())))


def _schedule() -> dict[date, tuple[datetime, datetime]]:
    import exchange_calendars  # noqa: PLC0415 - a heavy import, needed here only

    calendar = exchange_calendars.get_calendar(_EXCHANGE, start=str(FIRST_DAY), end=str(LAST_DAY))
    hours = zip(calendar.opens.items(), calendar.closes, strict=True)
    return {
        label.date(): (opens.to_pydatetime(), closes.to_pydatetime())
        for (label, opens), closes in hours
    }


def _rows(schedule: dict[date, tuple[datetime, datetime]]) -> Iterator[str]:
    usual: tuple[str, ...] | None = None
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        if day not in schedule:
            if day.weekday() < SATURDAY:
                yield f"{day},closed,,"
            continue
        hours = tuple(f"{moment:%H:%M}" for moment in schedule[day])
        local = tuple(f"{moment.astimezone(_NEW_YORK):%H:%M}" for moment in schedule[day])
        if local != _USUAL_HOURS:
            yield f"{day},special,{hours[0]},{hours[1]}"
        elif hours != usual:
            usual = hours
            yield f"{day},hours,{hours[0]},{hours[1]}"


if __name__ == "__main__":
    Path(__file__).with_name(TABLE).write_text(render(), encoding="ascii", newline="\n")
