"""What the recorder seals and retires, and what it says while it cannot write: without a wire or a wait."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.time import Time

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Record, segments
from iatro_governor.ledger.keeping import DAY_S, Keeping
from iatro_governor.ledger.wall_clock import HELD_S, WallClock
from iatro_governor.nodes import recorder as module
from iatro_governor.nodes.recorder import KEEP_EVERY_S, Recorder
from iatro_governor.nodes.waiting import Waiting

KEY = bytes(range(32))


class Clocks:
    """Both clocks of the machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.monotonic = 1_000 * DAY_S, 0.0
        monkeypatch.setattr("time.time", lambda: self.wall)
        monkeypatch.setattr("time.monotonic", lambda: self.monotonic)

    def go(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.monotonic += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


@pytest.fixture
def recorder(tmp_path: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One without a node, with a ledger that has a sealed file; ``told``: what it says on /diagnostics."""
    made: Any = Recorder.__new__(Recorder)
    quiet = SimpleNamespace(info=str, warning=str, error=lambda *_, **__: None)
    monkeypatch.setattr(Recorder, "get_logger", lambda _: quiet)
    monkeypatch.setattr(Recorder, "get_fully_qualified_name", lambda _: "/recorder")
    monkeypatch.setattr(Recorder, "get_clock", lambda _: SimpleNamespace(now=Time))
    made._ledger = Ledger.open(tmp_path / "ledger.db", key=KEY, context="simulation", software_version="0")
    assert made._ledger.seal()
    made._waiting, made._wall, made._keep_at = Waiting(made._ledger), WallClock(), 0.0
    made._keeping, made._key, made._clips, made._dropped = Keeping(retain_days=30.0), KEY, None, 0
    made._hook = SimpleNamespace(offer=lambda *_: None, fault="")
    made.told, made._robot = [], "amr"
    made._diagnostics = SimpleNamespace(publish=made.told.append)
    made._writers, made._acknowledge, made._publish_head = {}, lambda _: None, lambda: None
    return made


def sealed(recorder: Any) -> int:
    return len(segments.sealed(recorder._ledger.path))


def test_a_wall_clock_that_leaps_for_a_while_retires_nothing_and_one_that_stays_does(
    recorder: Any, clocks: Clocks
) -> None:
    recorder._maintain()
    for leap in (40 * DAY_S, -40 * DAY_S):
        clocks.wall += leap
        clocks.go(KEEP_EVERY_S)
        recorder._maintain()
        assert sealed(recorder) == 1
    clocks.go(HELD_S)
    recorder._maintain()
    assert sealed(recorder) == 1, "it is of today"
    clocks.wall += 40 * DAY_S
    for _ in range(6):
        recorder._maintain()
        assert sealed(recorder) == 1
        clocks.go(HELD_S / 6)
    recorder._maintain()
    assert sealed(recorder) == 0, "the robot was off for long, as far as anybody can tell"


def status(recorder: Any) -> tuple[bytes, str]:
    recorder._report()
    (found,) = recorder.told.pop().status
    return found.level, found.message


@pytest.mark.parametrize(
    "error", [LedgerError("the disk is full"), OSError(5, "I/O"), AttributeError("of a bug")]
)
def test_all_is_not_well_while_nothing_can_be_written_whatever_the_reason(
    error: Exception, recorder: Any, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Any) -> None:
        raise error

    assert status(recorder) == (DiagnosticStatus.OK, "writing")
    recorder._waiting.add(Record("decision", "ring", 0, 0.0, None, None, {}))
    with monkeypatch.context() as patched:
        patched.setattr(recorder._ledger, "append", refuses)
        recorder._commit()
        level, message = status(recorder)
        assert level == DiagnosticStatus.ERROR and str(error) in message
    clocks.go(1.0)
    recorder._commit()
    assert status(recorder) == (DiagnosticStatus.OK, "writing")


def test_what_was_left_out_of_the_record_stays_told(recorder: Any) -> None:
    recorder._waiting.add(Record("verdict", "w", 0, 0.0, 5, None, {}))  # type: ignore[arg-type]
    for _ in range(2):
        recorder._commit()
    level, message = status(recorder)
    assert level == DiagnosticStatus.WARN and "verdict 0 of 'w'" in message
    assert recorder._writers == {"w": "verdict"} and recorder._dropped == 1
    assert recorder._ledger.next_expected("verdict", "w") == 1


def test_files_that_cannot_be_removed_are_told(recorder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "maintain", refuses)
    level, message = status(recorder)
    assert level == DiagnosticStatus.ERROR and "Permission denied" in message
