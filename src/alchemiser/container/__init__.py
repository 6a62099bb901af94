"""The composer: the only place that knows adapters, each loaded when it is first wanted."""

from alchemiser.container.alpaca_parts import exchange_day, redactor
from alchemiser.container.assembly import (
    build_control,
    build_desk,
    build_engine,
    build_offline,
    build_study,
    find_strategies,
    new_package,
    today,
    wall_clock,
)
from alchemiser.container.certification import build_certificates, build_certification
from alchemiser.container.data import (
    build_puller,
    check_data,
    convert_data,
    data_revisions,
)
from alchemiser.container.executors import build_executor, build_finished_work
from alchemiser.container.kernels import build_kernels
from alchemiser.container.parity import build_parity
from alchemiser.container.parts import Parts
from alchemiser.container.probes import build_probes
from alchemiser.container.reports import build_report_writer
from alchemiser.container.research import build_backtest
from alchemiser.container.trying import build_plan

__all__ = [
    "Parts",
    "build_backtest",
    "build_certificates",
    "build_certification",
    "build_control",
    "build_desk",
    "build_engine",
    "build_executor",
    "build_finished_work",
    "build_kernels",
    "build_offline",
    "build_parity",
    "build_plan",
    "build_probes",
    "build_puller",
    "build_report_writer",
    "build_study",
    "check_data",
    "convert_data",
    "data_revisions",
    "exchange_day",
    "find_strategies",
    "new_package",
    "redactor",
    "today",
    "wall_clock",
]
