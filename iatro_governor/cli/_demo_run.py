"""One run of the demo: governed robots over real DDS, their ungoverned twins, and what all of them leave behind."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from iatro_governor.cli._demo_arm import ArmRobot
from iatro_governor.cli._demo_base import BaseRobot
from iatro_governor.cli._demo_nodes import govern
from iatro_governor.cli._demo_robot import DemoRobot, Run
from iatro_governor.cli._demo_summary import summarise
from iatro_governor.errors import IatroError, MissingPart, TestimonyError
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.ledger.lock import take
from iatro_governor.resources import shared
from iatro_governor.review.report import write_report
from iatro_governor.testimony import load
from iatro_governor.testimony.transcripts import replies_of, verdict_counts
from iatro_governor.trial.reading import robot_of

OWN = (
    "summary.json", "report.html", "top_view.svg", "forces.svg", "*.truth.json", "*.planner.json", "*.cue", "ledger.*",
    "log/*.log",
)  # fmt: skip
"""What a run leaves in its folder, and the next run clears away."""


def run(
    out: Path, scenario_file: Path | None, config: Path | None, transcripts: Path | None
) -> dict[str, Any]:
    """Run the demo into the folder ``out``; returns its summary, which is there as summary.json, too.

    Raises RunFailed where a process failed, IatroError for what cannot be used.
    """
    began = time.monotonic()
    if importlib.util.find_spec("rclpy") is None:
        raise MissingPart("iatro demo needs ROS 2 (rclpy): run make setup, or source a ROS 2 installation")
    robots = _robots(scenario_file, config)
    replies = None if transcripts is None else _replies(transcripts)
    out = out.absolute()
    with _own_folder(out), _asked_to_end():
        govern(out, robots)
        runs = [Run.read(robot, out) for robot in robots]
        counts = None if replies is None else verdict_counts(replies, load.labeller().labeller)
        ledger = out / "ledger.db"
        summary = summarise(runs, ledger, counts, time.monotonic() - began)
        pictures = _pictures(out, runs)
        write_report(
            ledger, out / "report.html", summary, key=read_key(key_beside(ledger)), pictures=pictures
        )
        summary["duration_s"] = round(time.monotonic() - began, 1)
        (out / "summary.json").write_text(
            json.dumps(summary, indent=2, allow_nan=False) + "\n", encoding="utf-8"
        )
    return summary


def _pictures(out: Path, runs: Sequence[Run]) -> dict[str, str]:
    """One SVG document a robot, which is then a file in ``out``, too."""
    found = {}
    for run in runs:
        name, found[run.robot.name] = run.robot.picture(run)
        (out / name).write_text(found[run.robot.name], encoding="utf-8")
    return found


def _robots(file: Path | None, config: Path | None) -> list[DemoRobot]:
    """The demo's own base and arm; or the one robot that the scenario in ``file`` is for."""
    if file is None:
        if config is not None:
            raise IatroError("--config: for which robot? Give --scenario, too: it says so")
        return [
            BaseRobot(shared("scenarios/demo.yaml").absolute(), shared("config/amr.yaml").absolute()),
            ArmRobot(shared("scenarios/arm_bench.yaml").absolute(), shared("config/panda.yaml").absolute()),
        ]
    if robot_of(file) == "arm":
        return [ArmRobot(file.absolute(), (config or shared("config/panda.yaml")).absolute())]
    return [BaseRobot(file.absolute(), (config or shared("config/amr.yaml")).absolute())]


def _replies(file: Path) -> list[dict[str, Any]]:
    """Raises IatroError, naming file and line, for what holds no planner replies."""
    try:
        with file.open(encoding="utf-8") as lines:
            return list(replies_of(lines))
    except OSError as error:
        raise IatroError(f"{file}: {error.strerror}") from error
    except (TestimonyError, UnicodeDecodeError) as error:
        raise IatroError(f"{file}: {error}") from error


@contextmanager
def _own_folder(out: Path) -> Iterator[None]:
    """The folder of one run at a time, cleared of what the run before it left, and of nothing else."""
    try:
        (out / "log").mkdir(parents=True, exist_ok=True)
        before = (out / "demo.lock").exists()
        lock = take(out / "demo", "demo's folder")
        try:
            theirs = [] if before else sorted(path.name for pattern in OWN for path in out.glob(pattern))
            if theirs:
                (out / "demo.lock").unlink()
                raise IatroError(
                    f"{out}: holds {theirs[0]}, which no demo left there; give --out an empty folder"
                )
            for pattern in OWN:
                for path in out.glob(pattern):
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            yield
        finally:
            os.close(lock)
    except OSError as error:
        raise IatroError(f"{error.filename or out}: {error.strerror or error}") from error


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does, so that no process of ours is left behind."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
