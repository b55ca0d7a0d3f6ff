"""Trains the label model: ``python -m iatro_governor.training.testimony DATA --seed N``.

DATA is the folder of the data sets that docs/reference/labels.md names. Written are the model with its card, and the
page with the figures. With ``--compare`` nothing is trained that is kept: other labellers are trained and tried on the
same, and their table goes into the card.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# One thread: the order of additions, and so the last bit of every weight, depends on how many there are.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

from iatro_governor.errors import IatroError  # noqa: E402
from iatro_governor.training.rivals import rivals  # noqa: E402
from iatro_governor.training.run import fill_in, train  # noqa: E402
from iatro_governor.training.write import (  # noqa: E402
    MODEL,
    versions,
    write_card,
    write_figures,
    write_model,
    write_rivals,
)

ROOT = Path(__file__).resolve().parent.parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Train, evaluate, write; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m iatro_governor.training.testimony", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("--seed", type=int, default=0, help="of the folds and of the bootstrap")
    parser.add_argument("--out", type=Path, default=ROOT, help="root of the checkout to write into")
    parser.add_argument("--quick", action="store_true", help="only the model, without any figures")
    parser.add_argument(
        "--compare", action="store_true", help="only the rivals: what else could label, tried on the same"
    )
    parser.add_argument("--card", action="store_true", help="only the card, of the figures that are there")
    options = parser.parse_args(arguments)
    try:
        if options.card:
            write_card(options.out)
            return 0
        if options.compare:
            write_rivals(rivals(options.data, options.seed, options.out / MODEL, _say), options.out)
            return 0
        run = train(options.data, options.seed, _say)
        run.figures.digest, run.figures.made_with = write_model(run.model, options.out), versions()
        _say(f"labels.onnx has the SHA-256 {run.figures.digest}")
        if not options.quick:
            fill_in(run, options.data, _say)
            write_figures(run.figures, options.out)
    except IatroError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
