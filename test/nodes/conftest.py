"""The governor as a process of its own, and a bench with a robot, sensors and a planner around it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from test.nodes.patient import patient_amr

FREE = {"awaiting_command"}
"""Faults that a first command ends: sensors that were late at the start leave this one."""


@pytest.fixture(scope="session")
def benches() -> Any:
    """The module with the bench; skips the test where there is no ROS 2."""
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    spec = importlib.util.spec_from_file_location("nodes_bench", Path(__file__).with_name("bench.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["nodes_bench"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def node_here(benches: Any, domain: int) -> Iterator[Callable[[str], Any]]:
    """``node_here(name)`` makes a node in this process, spun until the test ends."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(benches.node(domain, name))


@dataclass
class Governed:
    """A bench, and how to start the governor beside it."""

    bench: Any
    start: Callable[..., Any]
    wait: Callable[..., None]
    config: Path
    ledger: Path
    governor: Any = None

    def launch(self, **parameters: object) -> Any:
        """Start the governor."""
        given = {"config": self.config, "ledger": self.ledger, **parameters}
        self.governor = self.start("governor", **given)
        return self.governor

    def until(self, condition: Callable[[], object], what: str, timeout: float = 15.0) -> None:
        """Wait for ``condition``; a governor that dies meanwhile fails the test with its output."""
        self.wait(lambda: condition() or self.governor.code is not None, timeout, what)
        assert condition(), f"{what}: the governor ended {self.governor.code}:\n{self.governor.output}"

    def open(self) -> None:
        """Start the governor and wait until it would obey a command."""
        self.launch()
        self.until(lambda: self.bench.outputs and self.bench.decisions and self.bench.faults <= FREE, "open")

    def drive(self, vx: float = 0.5, wz: float = 0.0) -> None:
        """Wait until the robot moves as commanded."""
        self.bench.command = (vx, wz)
        self.until(lambda: self.bench.speed == pytest.approx(vx), f"{vx} m/s")

    def until_rest(self) -> None:
        """Wait for exact zeros."""
        self.until(lambda: self.bench.twist == (0.0, 0.0), "exact zeros")


@pytest.fixture
def governed(
    benches: Any,
    domain: int,
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> Iterator[Governed]:
    """A governor on a bench, of config/amr.yaml with time-outs that a busy machine can keep."""
    config = patient_amr(tmp_path)
    with benches.bench(domain) as bench:
        made = Governed(bench, node_process, wait_until, config, tmp_path / "ledger.yaml")
        yield made
        if made.governor is not None:
            made.governor.end()
