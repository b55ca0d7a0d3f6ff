"""Commands as a user meets them: exit codes, one JSON document, no traceback, eighty columns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from test.forked import iatro
from test.governor.profiles import AMR

COMMANDS = ("check", "govern", "testify", "demo", "label", "reset", "keygen", "schema", "ledger", "review")


def started(*words, **environment: str):
    """What a command answers that is started from nothing, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "iatro_governor.cli.main", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "80", "TERM": "dumb", **environment},
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_within_eighty_columns(name):
    done = iatro(name, "--help")
    assert done.returncode == 0 and name in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("words", [("compare",), *(("review", name) for name in ("list", "export", "serve"))])
def test_sources_stand_in_the_usage_as_they_are_typed(words):
    usage = " ".join(iatro(*words, "--help").stdout.split("╭")[0].split())
    assert "[OPTIONS] [SOURCE]... " in usage or "[OPTIONS] [DB]... " in usage


def test_help_lists_every_command_and_an_unknown_one_is_misuse():
    done = started("--help")
    assert all(f" {name} " in done.stdout for name in COMMANDS)
    assert started("no-such-command").returncode == 2


def test_check_of_a_sound_profile():
    done = iatro("check", str(AMR), "--json")
    summary = json.loads(done.stdout)
    assert done.returncode == 0 and summary["ok"] and not summary["errors"]
    kinds = {row["kind"]: row for row in summary["limits"]}
    assert kinds["zone"]["bound"] is None and kinds["obstacle"]["unit"] == "m"
    done = iatro("check", str(AMR))
    assert done.returncode == 0 and "travel_speed" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_check_says_what_a_loop_that_is_held_up_costs(tmp_path):
    """The watch's patience is the longest gap and a heartbeat of 0.1 s; what is not covered of it is driven."""
    assert "go 0.35 m beyond them" in iatro("check", str(AMR)).stdout
    path = tmp_path / "robot.yaml"
    path.write_text(
        AMR.read_text().replace("rate_hz: 100", "rate_hz: 100\n  max_gap_s: 0.4\n  covered_gap_s: 0.2")
    )
    told = iatro("check", str(path)).stdout
    assert "a gap of 0.4 s is a fault, after 0.5 s" in told and "up to 0.2 s" in told and "go 0.3 m" in told
    loop = {"rate_hz": 100.0, "max_gap_s": 0.4, "covered_gap_s": 0.2, "patience_s": 0.5}
    assert json.loads(iatro("check", str(path), "--json").stdout)["loop"] == loop
    path.write_text(path.read_text().replace("covered_gap_s: 0.2", "covered_gap_s: 0.6"))
    assert "beyond them" not in iatro("check", str(path)).stdout


def test_check_says_which_goals_nobody_would_notice(tmp_path):
    panda = AMR.with_name("panda.yaml")
    told = json.loads(iatro("check", str(panda), "--json").stdout)["ungoverned"]
    assert [text.partition(":")[0] for text in told] == ["channel arm_trajectory", "channel gripper"]
    assert json.loads(iatro("check", str(AMR), "--json").stdout)["ungoverned"] == []
    text = panda.read_text()
    (line,) = [line for line in text.splitlines(keepends=True) if "type: joint_trajectory" in line]
    named = tmp_path / "panda.yaml"
    named.write_text(
        text.replace(line, f"{line}    actuator: {{actions: [arm_controller/follow_joint_trajectory]}}\n")
    )
    told = json.loads(iatro("check", str(named), "--json").stdout)["ungoverned"]
    assert [text.partition(":")[0] for text in told] == ["channel gripper"]


def test_check_of_an_unsound_profile_names_line_key_given_and_allowed(tmp_path):
    path = tmp_path / "robot.yaml"
    path.write_text(AMR.read_text().replace("rate_hz: 100", "rate_hz: quick"))
    done = iatro("check", str(path))
    line = next(k for k, text in enumerate(path.read_text().splitlines(), 1) if "quick" in text)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    told = done.stderr.replace("\n", "")
    assert f"robot.yaml:{line}" in told and "loop.rate_hz" in told and "quick" in told and "1 problem" in told
    done = iatro("check", str(path), "--json")
    problem = json.loads(done.stdout)["errors"][0]
    assert done.returncode == 2 and problem["line"] == line and problem["given"] == "quick"


@pytest.mark.parametrize("name", ["none.yaml", "folder"])
def test_check_of_what_is_no_file(tmp_path, name):
    (tmp_path / "folder").mkdir()
    done = iatro("check", str(tmp_path / name))
    assert done.returncode == 2 and name in done.stderr and "Traceback" not in done.stderr


def test_govern_of_missing_files_and_bad_profiles_is_misuse(tmp_path):
    good, bad = str(AMR), tmp_path / "bad.yaml"
    bad.write_text("version: 1\n")
    for words in (
        ("--config", good, "--in", "/none"),
        ("--config", good, "--in", os.devnull, "--out", "/none/x"),
        ("--config", str(bad), "--in", os.devnull),
        ("--config", good, "--in", os.devnull, "--json"),
    ):
        done = iatro("govern", *words)
        assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_govern_of_nothing_is_nothing():
    done = iatro("govern", "--config", str(AMR), stdin="")
    assert (done.returncode, done.stdout) == (0, "")


def test_govern_survives_bytes_that_are_no_text(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"t": 0, "type": "tick"}\n\xff\xfe\x00\n\n{"t": 0.1, "type": "tick"}\n')
    done = iatro("govern", "--config", str(AMR), "--in", str(source), "--out", str(out), "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["malformed"] == 1
    rows = [json.loads(row) for row in out.read_text().splitlines()]
    assert [row["line"] for row in rows if row.get("type") == "malformed"] == [2]


def test_schema_lists_names_and_a_valid_json_schema():
    document = json.loads(iatro("schema", "--json").stdout)
    assert document["states"] == ["NOMINAL", "LIMITED", "CONTROLLED_STOP", "PROTECTIVE_STOP", "TRAPPED"]
    assert "limit_unreachable" in document["faults"] and "obstacle" in document["kinds"]
    assert document["profile"]["properties"]["limits"]["items"]["anyOf"]


@pytest.mark.parametrize("words", [(), ("--planner",)])
def test_what_a_name_of_the_schema_means_stands_beside_it_within_eighty_columns(words):
    done = iatro("schema", *words)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and max(map(len, lines)) <= 80
    titles = {"states", "actions", "kinds", "faults", "reply", "tools"}
    assert {line for line in lines if not line.startswith("  ")} <= titles, "a long one goes on under itself"


def test_a_reader_that_goes_away_is_no_crash(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"t": t, "type": "tick"}) + "\n" for t in range(40)))
    words = f"{sys.executable} -m iatro_governor.cli.main govern --config {AMR} --in {source} | head -1"
    done = subprocess.run(
        ["bash", "-c", words], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
    )
    assert "Traceback" not in done.stderr and done.stdout.count("\n") == 1


def test_a_missing_extra_is_named_with_its_cure(tmp_path):
    """As on a laptop with nothing but the core installed."""
    (tmp_path / "jinja2.py").write_text(
        "raise ModuleNotFoundError('No module named jinja2', name='jinja2')\n"
    )
    done = started(
        "review", "report", "/dev/null", "--out", str(tmp_path / "x.html"), PYTHONPATH=str(tmp_path)
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "pip install 'iatro_governor[review]'" in done.stderr or "iatro_governor[review]" in done.stderr


@pytest.mark.parametrize("robot", ["amr", "panda", "ur5", "tiago", "iris"])
def test_label_prints_a_sheet_for_every_stop_and_limit_within_eighty_columns(robot):
    file = str(AMR.with_name(f"{robot}.yaml"))
    done = iatro("label", file)
    assert done.returncode == 0 and max(map(len, done.stdout.splitlines())) <= 80
    told = json.loads(iatro("label", file, "--json").stdout)
    sheets = told["labels"]
    checked = json.loads(iatro("check", file, "--json").stdout)
    assert {row["name"] for row in sheets if row["of"] == "limit"} == {
        row["name"] for row in checked["limits"]
    }
    stops = [(row["channel"], row["name"]) for row in sheets if row["of"] == "stop"]
    assert stops == [(name, mode) for name in checked["channels"] for mode in ("controlled", "protective")]
    assert done.stdout.count("  Contraindications\n") == len(sheets)
    for row in sheets:
        assert row["mechanism"] and row["side_effects"] and row["window"] and row["source"]
        assert row["contraindications"] or row["remark"]
        assert all(each["told_by"] and each["unknown_counts_as"] is True for each in row["contraindications"])
    assert any(row["contraindications"] for row in sheets if row["of"] == "stop")


def test_label_of_a_profile_that_cannot_be_used_is_misuse():
    done = iatro("label", "/nonexistent.yaml")
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_check_refuses_a_limit_that_does_not_intervene(tmp_path):
    path = tmp_path / "robot.yaml"
    path.write_text(AMR.read_text().replace("speed: 0.0\n    memory_s", "speed: 9000.0\n    memory_s"))
    done = iatro("check", str(path), "--json")
    (error,) = json.loads(done.stdout)["errors"]
    assert done.returncode == 2 and "unseen_space" in error["message"] and error["key"] == "limits[8].kind"
    done = iatro("govern", "--config", str(path), "--in", "-", stdin="")
    assert done.returncode == 2 and "unseen_space" in done.stderr and not done.stdout
