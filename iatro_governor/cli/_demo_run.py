"""One run of the demo: a governed robot over real DDS, its ungoverned twin, and what the two leave behind."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from iatro_governor.cli._demo_picture import picture
from iatro_governor.cli._demo_summary import Governed, summarise
from iatro_governor.cli._processes import Processes
from iatro_governor.cli.output import notes
from iatro_governor.errors import IatroError, MissingPart, TestimonyError
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.ledger.lock import take
from iatro_governor.resources import shared
from iatro_governor.review.report import write_report
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.transcripts import replies_of, verdict_counts
from iatro_governor.trial.loop import COAST
from iatro_governor.trial.run import RunResult, ungoverned
from iatro_governor.trial.scenario import Scenario, load

READY_S = 40.0
SLOWER = 2.5
"""A governed run may take this many times as long as the bare one before it counts as stuck."""
ENDING = ("planner_replay", "witness", "governor", "plant", "recorder")
"""The order in which the nodes are ended: each before those that it reports to."""
OWN = ("summary.json", "report.html", "top_view.svg", "truth.json", "planner.json", "ledger.*", "log/*.log")
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
    scenario_file = (scenario_file or shared("scenarios/demo.yaml")).absolute()
    config = (config or shared("config/amr.yaml")).absolute()
    scenario = load(scenario_file)
    replies = None if transcripts is None else _replies(transcripts)
    out = out.absolute()
    with _own_folder(out), _asked_to_end():
        twin = ungoverned(scenario)
        _govern(out, scenario, scenario_file, config, twin)
        counts = None if replies is None else verdict_counts(replies, LexicalLabeller())
        governed = Governed.read(scenario, out / "truth.json", out / "planner.json")
        ledger = out / "ledger.db"
        summary = summarise(scenario, ledger, governed, twin, counts, time.monotonic() - began)
        (out / "top_view.svg").write_text(picture(scenario, governed, twin), encoding="utf-8")
        write_report(ledger, out / "report.html", summary, key=read_key(key_beside(ledger)))
        summary["duration_s"] = round(time.monotonic() - began, 1)
        (out / "summary.json").write_text(
            json.dumps(summary, indent=2, allow_nan=False) + "\n", encoding="utf-8"
        )
    return summary


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
                    path.unlink()
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


def _govern(out: Path, scenario: Scenario, file: Path, config: Path, twin: RunResult) -> None:
    """Run the scenario governed, on a ROS domain of its own; what is left are the files in ``out``."""
    settings = out / "ledger.yaml"
    settings.write_text("path: ledger.db\ncontext: simulation\n", encoding="utf-8")
    env = {
        "ROS_DOMAIN_ID": str(_domain()),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        # No shared memory: what a killed process leaves in /dev/shm can deafen a later one on the same domain.
        "FASTDDS_BUILTIN_TRANSPORTS": "UDPv4",
        "ROS_STATIC_PEERS": "",
    }
    with Processes(env, out / "log", ENDING) as processes, _progress(scenario) as progress:
        own: dict[str, Any] = {"config": config, "ledger": settings}
        recorder = processes.node("recorder", **own)
        governor = processes.node("governor", **own)
        witness = processes.node("witness", **own)
        plant = processes.node("plant", scenario=file, truth=out / "truth.json")
        started = {recorder: "ready", witness: "ready", plant: "ready", governor: "governing"}
        processes.wait(
            lambda: all(one.heard(said) for one, said in started.items()), READY_S, "the nodes are up"
        )
        hearing = (recorder, witness)
        processes.wait(lambda: all(one.heard("hears") for one in hearing), READY_S, "the governor is heard")
        planner = processes.node(
            "planner_replay", ends_itself=True, scenario=file, report=out / "planner.json"
        )
        processes.wait(lambda: planner.heard("begins plan 1 "), READY_S, "the planner begins")

        def over() -> bool:
            progress(len(planner.heard("begins plan ")))
            return planner.code is not None

        processes.wait(over, SLOWER * twin.duration + COAST, "every plan has ended")
        for name in ENDING:
            processes.end(name)


def _domain() -> int:
    """A domain that is not the user's own: a real robot may be on it, and listen to the same topics."""
    theirs = os.environ.get("ROS_DOMAIN_ID", "0")
    return random.SystemRandom().choice([domain for domain in range(1, 101) if str(domain) != theirs.strip()])


@contextmanager
def _progress(scenario: Scenario) -> Iterator[Any]:
    """``progress(n)``: n plans have begun; a bar on a terminal, else a line a plan, on standard error."""
    plans = scenario.plans
    if not notes.is_terminal:
        shown = 0

        def lines(begun: int) -> None:
            nonlocal shown
            for number in range(shown, min(begun, len(plans))):
                notes.print(f"{number + 1}/{len(plans)} {plans[number].title}", markup=False)
            shown = max(shown, begun)

        yield lines
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True) as bar:
        task = bar.add_task("starting", total=len(plans))

        def show(begun: int) -> None:
            title = plans[max(min(begun, len(plans)) - 1, 0)].title
            bar.update(task, completed=max(begun - 1, 0), description=title[:34])

        yield show
