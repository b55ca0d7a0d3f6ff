"""The governor with a clock that can be set, SIGUSR1: 3 s ahead, SIGUSR2: 3 s back, or broken for a look, SIGHUP."""

from __future__ import annotations

import signal
from typing import Any

from iatro_governor.nodes import governor

STEP_S = 3.0
_ahead, _broken = 0.0, False


def _set(number: int, _frame: Any) -> None:
    global _ahead, _broken
    if number == signal.SIGHUP:
        _broken = True
    else:
        _ahead += STEP_S if number == signal.SIGUSR1 else -STEP_S


class Clocked(governor.GovernorNode):
    """Reads the ROS clock through a step."""

    def _ros_now(self) -> float:
        global _broken
        if _broken:
            _broken = False
            raise RuntimeError("broken on purpose")
        return super()._ros_now() + _ahead


def main() -> None:
    """Run it as the governor is run."""
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
        signal.signal(number, _set)
    governor.GovernorNode = Clocked  # type: ignore[misc]
    governor.main()


if __name__ == "__main__":
    main()
