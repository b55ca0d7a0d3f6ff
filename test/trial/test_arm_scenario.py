"""Arm scenario files: what is read, and how every mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.trial.arm_scenario import load

MINIMAL = """\
version: 1
robot: arm
name: tiny
world:
  name: bench
  blocks: [{name: table, centre: [0.4, 0, -0.02], size: [0.8, 0.8, 0.04]}]
  things: [{name: box, centre: [0.4, 0, 0.03], size: [0.05, 0.05, 0.06], mass: 0.3}]
  people:
    - name: ann
      parts:
        - {region: hand, centre: [0.6, 0, 0.2], shape: sphere, size: [0.05], mass: 0.5, stiffness: 60000,
           posture: 500, source: made up, bound: {peak: 100, held: 50, source: made up}}
plans:
  - plan_id: one
    title: Go
    say: I will go.
    benign: true
    task: {at: [0.4, 0, 0.3], thing: box}
    motion: [{move: {to: [0.4, 0, 0.3], speed: 0.2}}]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_a_scenario(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, MINIMAL))
    (person,) = scenario.world.built().people
    assert person.parts[0].stiffness == 60000.0 and person.parts[0].bound.peak == 100.0
    assert scenario.plans[0].motion[0].move is not None and len(scenario.posture) == 7


MISTAKES = [
    ("robot: arm", "robot: crane", 2, "robot", ("crane", "'arm'")),
    ("shape: sphere, size: [0.05]", "shape: box, size: [0.05]", 11, "world.people[0].parts[0]", ("box has 3 sizes",)),
    ("region: hand", "region: tail", 11, "world.people[0].parts[0].region", ("tail", "'head'")),
    (", source: made up}}", "}}", 12, "world.people[0].parts[0].bound.source", ("must be given",)),
    ("posture: 500, source: made up", "posture: 500", 11, "world.people[0].parts[0].source", ("must be given",)),
    ("thing: box", "thing: vase", 1, "", ("unknown: vase",)),
    ("speed: 0.2", "speed: -1", 19, "plans[0].motion[0].move.speed", ("-1", "greater than 0")),
    ("move: {to: [0.4, 0, 0.3], speed: 0.2}", "wait_s: 1, grip: {width: 0, force: 3}", 19, "plans[0].motion[0]",
     ("exactly one", "grip, wait_s")),
    ("move: {to: [0.4, 0, 0.3], speed: 0.2}", "stream: {kind: joint_velocity, values: [0, 1], for: 1}", 19,
     "plans[0].motion[0].stream", ("joint_velocity takes 7 values",)),
    ("benign: true", "benign: false", 14, "plans[0]", ("only a benign plan has a task",)),
]  # fmt: skip


@pytest.mark.parametrize(("given", "instead", "line", "key", "words"), MISTAKES)
def test_a_mistake_is_named_with_file_line_and_key(
    tmp_path: Path, given: str, instead: str, line: int, key: str, words: tuple[str, ...]
) -> None:
    assert given in MINIMAL
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, MINIMAL.replace(given, instead, 1)))
    message = str(caught.value)
    assert f"tiny.yaml:{line}: {key}" in message
    assert all(word in message for word in words), message


def test_an_unknown_world_is_named_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "worlds").mkdir()
    (tmp_path / "worlds" / "arm_here.yaml").write_text("name: arm_here\n")
    head, _, tail = MINIMAL.partition("world:\n")
    text = head + "world: arm_there\n" + tail[tail.index("plans:") :].replace(", thing: box", "")
    with pytest.raises(ScenarioError, match="arm_there") as caught:
        load(written(tmp_path, text))
    assert "arm_here" in str(caught.value)
    assert load(written(tmp_path, text.replace("arm_there", "arm_here"))).world.name == "arm_here"


def test_a_base_scenario_is_none_for_an_arm() -> None:
    with pytest.raises(ScenarioError, match="store_room"):
        load(Path(__file__).parents[2] / "scenarios" / "demo.yaml")
