"""Tell as many stories as are asked for, on all processors, and count the transitions met."""

import sys
from concurrent.futures import ProcessPoolExecutor

from tests.sequences.laws import Hits
from tests.sequences.test_sequences import CASES, LEGAL, tally

USUAL = 1_000_000


def main() -> None:
    """Tell the stories; the argument says how many."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    chunks = [range(first, min(first + CASES, count)) for first in range(0, count, CASES)]
    hits, told = Hits(), 0
    with ProcessPoolExecutor() as pool:
        for chunk, met in zip(chunks, pool.map(tally, chunks), strict=True):
            hits.update(met)
            told += len(chunk)
            sys.stderr.write(f"\r{told:,} of {count:,} sequences")
            sys.stderr.flush()
    sys.stderr.write("\n")
    for status, kind in LEGAL:
        sys.stdout.write(f"{hits[status, kind]:>10,}  {status} + {kind}\n")
    sys.stdout.write(f"{told:,} sequences: orders, books and cash exact in each.\n")


if __name__ == "__main__":
    main()
