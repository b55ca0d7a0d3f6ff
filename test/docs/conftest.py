"""The folder that the documents' commands are run in: what a user has after a demo, and a robot's own files."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.keys import create_key, key_beside
from test.body.arm.conftest import robots_folder
from test.docs.commands import ROOT
from test.review.test_replay import Run

URDF = """<robot name="rover"><link name="base_link"><collision><geometry>
  <box size="0.5 0.4 0.2"/></geometry></collision></link></robot>"""
WORDS = "Driving to the shelf, at no more than 0.3 m/s."
COMMANDS = 100
"""That the run is given; every decision of it belongs to the incident."""


def record(folder: Path) -> None:
    """A governed run of the base in one process: its ledger, key and journal, and the incident errand-07."""
    folder.mkdir(parents=True)
    run = Run(folder, 3)
    run.drive(500)
    run.journal.close()
    path = folder / "ledger.db"
    told = {"text": WORDS, "reasoning": "", "instruction": "Fetch the tote."}
    conduct = {
        "writer": "ring", "first_seq": run.records[0].body["seq"],
        "last_seq": run.records[-1].body["seq"], "commands": COMMANDS,
    }  # fmt: skip
    verdict = {
        "kind": "statement", "statement_seqs": [0], "planner_run": "run-a", "planner_model": "tabletalk-7b",
        "verdict": "PARTIAL", "all_verdicts": ["PARTIAL"], "severity": 2, "channel": "base", "plan_id": "errand-07",
        "claims": [], "broken_claims": [], "labels": {"present": []}, "reasoning_labels": {"present": []}, **told,
        "evidence": {"channels": {"base": conduct}},
    }  # fmt: skip
    start = run.records[0].t
    with Ledger.open(
        path, key=create_key(key_beside(path)), context="simulation", software_version="0.1.0"
    ) as ledger:
        ledger.append([Record("statement", "run-a", 0, start, "errand-07", "base", told)])
        ledger.append(run.records)
        ledger.append([Record("verdict", "witness-1", 0, start + 5.0, "errand-07", "base", verdict)])


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    record(desk / "out/demo")
    for file in (desk / "out/demo").iterdir():
        if file.is_file():
            shutil.copy(file, desk / file.name)
    for name in ("config", "docs", "scenarios"):
        (desk / name).symlink_to(ROOT / name)
    (desk / ".venv").symlink_to(sys.prefix)
    shutil.copy(ROOT / "config/amr.yaml", desk / "robot.yaml")
    (desk / "robot.urdf").write_text(URDF)
    if (folder := robots_folder()) is not None:
        shutil.copy(folder / "ur_description/urdf/ur10_robot.urdf", desk)
    (desk / "events.jsonl").write_text('{"t": 0.0, "type": "tick"}\n')
    (desk / "texts.jsonl").write_text('{"id": "1", "text": "I will drive to the door."}\n')
    return desk


@pytest.fixture
def desk(_desk: Path, tmp_path: Path) -> Path:
    """A reader's own copy."""
    return Path(shutil.copytree(_desk, tmp_path / "desk", symlinks=True))
