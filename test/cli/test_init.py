"""``iatro init``: a profile from a description that is not shipped, sound and governed; nothing is written over."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from iatro_governor.cli.init import InitRefused
from iatro_governor.cli.main import app
from iatro_governor.errors import ModelError
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.channels import HARDEST
from test.body.arm.conftest import TWO_LINKS, robots_folder
from test.seeds import MORE

ARM = TWO_LINKS
BASE = """<robot name="my rover">
  <link name="base_link"><collision><geometry><box size="0.6 0.4 0.2"/></geometry></collision></link>
  <link name="wheel"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
  <link name="laser_link"/>
  <joint name="wheel_joint" type="continuous"><parent link="base_link"/><child link="wheel"/>
    <origin xyz="0 0.25 0"/><axis xyz="0 1 0"/></joint>
  <joint name="laser_joint" type="fixed"><parent link="base_link"/><child link="laser_link"/>
    <origin xyz="0.2 0 0.15" rpy="0 0 1.5708"/></joint>
</robot>"""


@pytest.fixture
def urdf(tmp_path: Path) -> Path:
    file = tmp_path / "two.urdf"
    file.write_text(ARM)
    return file


def init(*words: object, answers: str = "") -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["init", *map(str, words)], input=answers)


def check(file: Path, *words: str) -> dict[str, Any]:
    told = CliRunner().invoke(app, ["check", str(file), "--json", *words])
    assert told.exit_code == 0, told.output
    summary: dict[str, Any] = json.loads(told.stdout)
    return summary


def test_every_default_makes_a_sound_arm(urdf: Path, tmp_path: Path) -> None:
    out = tmp_path / "robot.yaml"
    told = init("--urdf", urdf, "--out", out, "--yes")
    assert told.exit_code == 0, told.output
    summary = check(out)
    assert summary["ok"] and set(summary["channels"]) == {"arm"}
    data = yaml.safe_load(out.read_text())
    assert data["channels"]["arm"]["joints"] == ["shoulder", "elbow"]
    bounds = {row["name"]: row["bounds"] for row in summary["limits"]}
    assert bounds["joint_speed"] == [1.0, 1.5]
    assert all("not measured" in mode["source"] for mode in data["channels"]["arm"]["stop_modes"].values())
    assert out.read_text().startswith("# yaml-language-server: $schema=")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".yaml"] == ["robot.yaml"]


def test_questions_are_asked_and_answers_count(urdf: Path, tmp_path: Path) -> None:
    out = tmp_path / "robot.yaml"
    answers = "\n".join(["arm", "mine", "tip", "base", "0.25", "llm/velocity", "driver/velocity"]) + "\n"
    told = init("--urdf", urdf, "--out", out, answers=answers)
    assert told.exit_code == 0, told.output
    data = yaml.safe_load(out.read_text())
    assert data["robot"]["name"] == "mine"
    assert (data["channels"]["arm"]["input"], data["channels"]["arm"]["output"]) == (
        "llm/velocity",
        "driver/velocity",
    )
    assert data["limits"][0]["bounds"] == [0.5, 0.75]


@pytest.mark.parametrize("words", [[], ["--yes"]])
def test_a_file_that_is_there_stays(urdf: Path, tmp_path: Path, words: list[str]) -> None:
    out = tmp_path / "robot.yaml"
    out.write_text("mine\n")
    told = init("--urdf", urdf, "--out", out, *words, answers="n\n")
    assert told.exit_code != 0
    assert out.read_text() == "mine\n"
    assert init("--urdf", urdf, "--out", out, "--yes", "--force").exit_code == 0
    assert check(out)["ok"]


def test_a_base_is_as_large_as_its_shapes_and_sees_from_its_laser(tmp_path: Path) -> None:
    urdf, out = tmp_path / "rover.urdf", tmp_path / "rover.yaml"
    urdf.write_text(BASE)
    told = init("--urdf", urdf, "--out", out, "--yes", "--drive", "omnidirectional")
    assert told.exit_code == 0, told.output
    data = yaml.safe_load(out.read_text())
    assert data["robot"]["name"] == "my_rover"
    assert data["robot"]["footprint"]["circle"]["radius"] >= 0.36
    assert data["sources"]["lidar"]["pose"] == pytest.approx([0.2, 0.0, 0.15, 0.0, 0.0, 1.5708])
    assert data["sources"]["lidar"]["frame"] == "laser_link"
    assert data["channels"]["base"]["base"] == "omnidirectional"
    assert check(out)["ok"]


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("<robot", [], "robot description"),
        (ARM, ["--tool", "nothing"], "tool"),
        (ARM, ["--speed", "1.5"], "at most 1"),
        (ARM, ["--speed", "nan"], "speed"),
        (ARM, ["--tool", "base"], "no joint moves base"),
        (ARM, ["--kind", "boat"], "allowed: arm, base"),
        (ARM, ["--output", "arm/velocity_planner"], "input and output must be different"),
        (ARM, ["--input", "a b"], "input"),
        (ARM, ["--name", "9: x"], "name"),
        (ARM.replace('effort="30"', 'effort="0"'), [], "Mend a copy of it"),
    ],
)
def test_what_makes_no_profile_is_told_and_writes_nothing(
    tmp_path: Path, text: str, words: list[str], told: str
) -> None:
    urdf, out = tmp_path / "robot.urdf", tmp_path / "robot.yaml"
    urdf.write_text(text)
    done = init("--urdf", urdf, "--out", out, "--yes", *words)
    assert done.exception is not None and told in f"{done.output}{done.exception}"
    assert not out.exists() and not list(tmp_path.glob("tmp*"))


BOXY = """<robot name="cart">
  <link name="base_link">
    <visual><geometry><mesh filename="package://none/cart.stl"/></geometry></visual>
    <collision><origin xyz="0 0 0.2"/><geometry><box size="0.8 0.6 0.3"/></geometry></collision></link>
  <link name="left"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
  <joint name="turns" type="continuous"><parent link="base_link"/><child link="left"/><origin xyz="0 0.2 0"/></joint>
</robot>"""


def test_a_base_is_no_larger_than_its_shapes(tmp_path: Path) -> None:
    """Capsules about a box stand a tenth of a metre out of its sides and its bottom; no door would be wide enough."""
    urdf, out = described(tmp_path, BOXY)
    told = init("--urdf", urdf, "--out", out, "--yes")
    assert told.exit_code == 0, told.output
    robot = yaml.safe_load(out.read_text())["robot"]
    assert robot["footprint"]["circle"]["radius"] == pytest.approx(0.5 + 0.02, abs=0.002)
    assert robot["height"] == pytest.approx([-0.1 - 0.02, 0.35 + 0.02], abs=0.002)
    assert "cart.stl" in told.output and "--package-dir" in told.output
    assert "turns" not in told.output, "whose speed nobody asks for"


def test_a_missing_mesh_becomes_a_box_and_is_said_loudly(tmp_path: Path) -> None:
    urdf, out = tmp_path / "robot.urdf", tmp_path / "robot.yaml"
    urdf.write_text(
        ARM.replace('<capsule radius="0.04" length="0.8"/>', '<mesh filename="package://none/arm.stl"/>')
    )
    told = init("--urdf", urdf, "--out", out, "--yes")
    assert told.exit_code == 0, told.output
    assert "LOOK" in told.output and "arm.stl" in told.output
    assert yaml.safe_load(out.read_text())["robot"]["model"]["missing_mesh_box"] == 0.05
    assert check(out)["ok"]


def described(folder: Path, text: str) -> tuple[Path, Path]:
    urdf, out = folder / "robot.urdf", folder / "robot.yaml"
    urdf.write_text(text)
    return urdf, out


def test_a_guess_is_within_what_is_allowed_and_says_so(tmp_path: Path) -> None:
    urdf, out = described(tmp_path, ARM.replace('velocity="3"', 'velocity="50"'))
    told = init("--urdf", urdf, "--out", out, "--yes")
    assert told.exit_code == 0, told.output
    assert "elbow" in told.output and "shoulder" not in told.output
    data = yaml.safe_load(out.read_text())
    assert data["limits"][0]["bounds"] == [1.0, 10.0] and "at most 10" in data["limits"][0]["source"]
    stops = data["channels"]["arm"]["stop_modes"]
    assert stops["protective"]["deceleration"] == [5.0, HARDEST]
    assert check(out)["ok"]


def test_init_does_not_say_that_it_is_done_where_check_refuses(tmp_path: Path) -> None:
    """No link has a shape: there is nothing whose speed could be bounded."""
    urdf, out = described(tmp_path, re.sub(r"<collision>.*?</collision>", "", ARM, flags=re.DOTALL))
    told = init("--urdf", urdf, "--out", out, "--yes")
    assert isinstance(told.exception, InitRefused) and "a profile of" not in told.output
    for word in ("hand_speed", "collision shape", f"iatro check {out}", "is written"):
        assert word in str(told.exception)
    assert out.exists() and CliRunner().invoke(app, ["check", str(out)]).exit_code == 2


@pytest.mark.parametrize("answers", ["", "arm\n", "arm\nmine\n"])
def test_answers_that_end_early_are_told_in_a_line_of_their_own(
    urdf: Path, tmp_path: Path, answers: str
) -> None:
    out = tmp_path / "robot.yaml"
    told = init("--urdf", urdf, "--out", out, answers=answers)
    assert isinstance(told.exception, InitRefused) and "no answer came" in str(told.exception)
    assert told.stderr.endswith("\n") and "Aborted" not in told.output and not out.exists()


def robots() -> list[Path]:
    folder = robots_folder()
    return [] if folder is None else sorted(folder.rglob("*.urdf"))


QUICK = (
    "TwoDofs", "a1", "allegro_right_hand", "bolt", "double_pendulum_continuous", "finger_edu", "hextilt_flying_arm_5",
    "iris", "quadrotor_base", "quadruped", "simple_humanoid", "simple_humanoid_classical", "solo", "so100", "ur5_robot",
)  # fmt: skip
"""Of the robots that are installed, those that need few meshes read; IATRO_SEEDS takes all of them."""
CHOSEN = [file for file in robots() if MORE or file.stem in QUICK]


@pytest.mark.parametrize("file", CHOSEN, ids=lambda file: file.stem)
def test_what_init_says_of_a_real_robot_is_what_check_says(file: Path, tmp_path: Path) -> None:
    """Sound, or refused for what the description says or does not, never for what was guessed."""
    out = tmp_path / "robot.yaml"
    told = init("--urdf", file, "--out", out, "--yes")
    if told.exit_code == 0:
        assert check(out)["ok"]
        return
    assert isinstance(told.exception, InitRefused | ModelError), told.exception
    assert not out.exists() or "collision shape" in str(told.exception)
    assert "Input should" not in str(told.exception) and "answers" not in str(told.exception)


def test_most_real_robots_get_a_profile() -> None:
    if not robots():
        pytest.skip("example-robot-data is not installed")
    assert len(CHOSEN) >= len(QUICK)


@pytest.fixture(scope="module")
def ur10(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = robots_folder()
    if folder is None:
        pytest.skip("example-robot-data is not installed")
    out = tmp_path_factory.mktemp("ur10") / "ur10.yaml"
    told = init("--urdf", folder / "ur_description/urdf/ur10_robot.urdf", "--out", out, "--yes")
    assert told.exit_code == 0, told.output
    return out


def test_a_robot_that_is_not_shipped_is_governed(ur10: Path, tmp_path: Path) -> None:
    """The UR10: a command twice as fast as its first joint may be comes out at what the profile allows, or less."""
    profile = load_profile(ur10)
    names = yaml.safe_load(ur10.read_text())["channels"]["arm"]["joints"]
    assert profile.body is not None and list(profile.body.joints) == names
    bent = [0.0, -1.2, 1.2, -1.57, -1.57, 0.0]
    events: list[dict[str, Any]] = []
    still = {"type": "joints", "source": "joints", "names": names, "position": bent, "velocity": [0.0] * 6}
    for step in range(40):
        events.append({"t": step * 0.02, **still})
        if step > 5:
            events.append(
                {"t": step * 0.02, "type": "command", "channel": "arm", "values": [4.0, 0, 0, 0, 0, 0]}
            )
    given, decided = tmp_path / "events.jsonl", tmp_path / "decisions.jsonl"
    given.write_text("".join(json.dumps(event) + "\n" for event in events))
    words = ["govern", "--config", str(ur10), "--in", str(given), "--out", str(decided)]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output
    allowed = [json.loads(line)["allowed"][0] for line in decided.read_text().splitlines()]
    assert 0.0 < max(allowed) <= 1.08


def test_what_nobody_has_measured_is_listed(ur10: Path) -> None:
    explained = check(ur10, "--explain")["explained"]
    assert any("not measured" in line for line in explained["open"])
    assert any("emergency stop" in line for line in explained["open"])
    assert {row["name"] for row in explained["limits"]} >= {"joint_speed", "hand_speed", "own_links"}
    assert all(len(row["does"]) > 20 for row in explained["limits"])
