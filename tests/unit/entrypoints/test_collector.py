"""The command line lets Python look for garbage less often."""

import json
import subprocess
import sys

from alchemiser.entrypoints.collector import THRESHOLDS

LOOKS = """
import gc, json, sys
from alchemiser.entrypoints.cli import main
sys.argv = ["alchemiser", "--version"]
try:
    main()
except SystemExit:
    pass
ring = []
ring.append(ring)
number = id(ring)
del ring
gc.collect()
left = any(id(one) == number for one in gc.get_objects())
print(json.dumps([gc.isenabled(), gc.get_threshold(), gc.get_freeze_count() > 1000, left]))
"""


def test_a_command_looks_for_garbage_less_often_and_still_does() -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", LOOKS], check=True, capture_output=True, text=True
    )

    told = json.loads(done.stdout.splitlines()[-1])
    assert told == [True, list(THRESHOLDS), True, False]
