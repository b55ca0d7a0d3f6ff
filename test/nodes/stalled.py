"""The governor, held up for a second between a decision and its output whenever it gets SIGUSR1."""

from __future__ import annotations

import signal
import time
from typing import Any

from iatro_governor.nodes import governor, records

STALL_S = 1.0
_stall = False


def _hold_up(_number: int, _frame: Any) -> None:
    global _stall
    _stall = True


class Slow(records.Records):
    """Writes down what was decided, and then the machine is busy with something else."""

    def write(self, body: records.Body) -> None:
        global _stall
        super().write(body)
        if _stall:
            _stall = False
            time.sleep(STALL_S)


def main() -> None:
    """Run it as the governor is run."""
    signal.signal(signal.SIGUSR1, _hold_up)
    vars(governor)["Records"] = Slow
    governor.main()


if __name__ == "__main__":
    main()
