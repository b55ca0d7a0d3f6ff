"""The sequential monitor as a diagnostic of the witness."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

from iatro_governor.nodes import drifting, qos
from iatro_governor.nodes.drifting import NAME, DriftWatch
from iatro_governor.review.monitor import GONE
from test.review.test_compare import records, runs, shortened, written

pytestmark = pytest.mark.ros


def looked(ledger: Path | None) -> list[DiagnosticStatus]:
    """What is told once somebody has looked."""
    watch = DriftWatch(ledger, every_s=0.0)
    watch.statuses(time.monotonic())
    if watch._thread is not None:
        watch._thread.join(20.0)
    return watch.statuses(time.monotonic())


def ledger(folder: Path, before: float, after: float, later: int) -> Path:
    outcomes = [one for _, one in runs(before, after, later, 3)]
    folder.mkdir(exist_ok=True)
    return written(folder / "ledger.db", records("a-model", outcomes, "sha:1"))


def test_a_rate_that_went_up_is_a_warning_with_its_time(tmp_path: Path) -> None:
    [one] = looked(ledger(tmp_path, 0.1, 0.5, 100))
    told = {pair.key: pair.value for pair in one.values}
    assert one.level == DiagnosticStatus.WARN and one.name == f"{NAME} of a-model"
    assert told["reference"].endswith(" of 200") and told["later"].endswith(" of 100")
    assert float(told["evidence"]) >= float(told["alarm from"]) and float(told["since"]) > 1.75e9


def test_a_rate_that_stays_is_none(tmp_path: Path) -> None:
    [one] = looked(ledger(tmp_path, 0.2, 0.2, 100))
    assert one.level == DiagnosticStatus.OK and "since" not in {pair.key for pair in one.values}


def test_a_reference_that_was_retired_is_said(tmp_path: Path) -> None:
    [one] = looked(shortened(tmp_path))
    assert one.message.endswith(GONE)
    [whole] = looked(ledger(tmp_path / "whole", 0.2, 0.2, 100))
    assert GONE not in whole.message


def test_too_few_statements_no_ledger_and_a_broken_one_are_said(tmp_path: Path) -> None:
    [few] = looked(ledger(tmp_path, 0.1, 0.1, -150))
    assert few.level == DiagnosticStatus.OK and "no model with 200 statements yet" in few.message
    [none] = looked(None)
    assert none.level == DiagnosticStatus.STALE and none.message == "no ledger"
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no ledger at all" * 100)
    [said] = looked(broken)
    assert said.level == DiagnosticStatus.STALE and "broken.db" in said.message


def test_a_look_that_fails_is_said_and_not_what_was_found_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = DriftWatch(ledger(tmp_path, 0.2, 0.2, 100), every_s=1.0)
    assert seen(watch, 0.0).level == DiagnosticStatus.OK

    def broken(*_: Any, **_more: Any) -> Any:
        raise RuntimeError("out of memory, say")

    monkeypatch.setattr(drifting, "drifts", broken)
    one = seen(watch, 2.0)
    assert one.level == DiagnosticStatus.STALE and "RuntimeError: out of memory" in one.message


def seen(watch: DriftWatch, t: float) -> DiagnosticStatus:
    """What is told after the look that is due at ``t``."""
    watch.statuses(t)
    assert watch._thread is not None
    watch._thread.join(20.0)
    [one] = watch.statuses(t)
    return one


def test_the_witness_tells_it_under_its_own_name_and_its_robots(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    ledger(tmp_path, 0.1, 0.5, 100)
    settings = tmp_path / "ledger.yaml"
    settings.write_text("path: ledger.db\ncontext: field\n", encoding="utf-8")
    told: dict[str, DiagnosticStatus] = {}
    node_here("ear").create_subscription(
        DiagnosticArray,
        "/diagnostics",
        lambda message: told.update({one.name: one for one in message.status}),
        qos.DIAGNOSTICS,
    )
    witness = node_process("witness", namespace="/amr1", ledger=settings)
    wait_until(lambda: f"amr1/witness: {NAME} of a-model" in told, 20.0, "the monitor's diagnostic")
    assert told[f"amr1/witness: {NAME} of a-model"].level == DiagnosticStatus.WARN
    assert told["amr1/witness: accounting"].message and witness.end() == 0
    assert {one.hardware_id for one in told.values()} == {"amr"}
