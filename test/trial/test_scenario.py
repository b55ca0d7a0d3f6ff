"""Scenario files: what is read, and how every mistake is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.trial.scenario import load

MINIMAL = """\
version: 1
name: tiny
world:
  name: hall
  shelves:
    - {name: rack, centre: [2.0, 0.0], size: [0.5, 1.0]}
  zones:
    - {name: bay, kind: keep_out, polygon: [[0, 1], [1, 1], [1, 2]]}
plans:
  - plan_id: one
    title: Go
    say: I will go.
    benign: true
    task: {x: 1.0, y: 0.0}
    motion:
      - goto: {x: 1.0, y: 0.0, speed: 0.5}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_a_scenario(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, MINIMAL))
    assert scenario.plans[0].motion[0].goto is not None
    world = scenario.world.built()
    assert world.shelves[0].centre == (2.0, 0.0) and world.zones[0].kind == "keep_out"


def test_declared_no_action_is_not_unknown_actions(tmp_path: Path) -> None:
    unknown = load(written(tmp_path, MINIMAL)).plans[0]
    assert not unknown.actions_known and unknown.do is None
    for text in ("do:", "do: []", "do: null"):
        none = load(
            written(tmp_path, MINIMAL.replace("    benign: true", f"    {text}\n    benign: true"))
        ).plans[0]
        assert none.actions_known and not none.do


MISTAKES = [
    # what is written instead of what, line, key, words the message must hold
    ("name: tiny", "name: tiny\nspeed: 3", 3, "speed", ("3", "no such key")),
    ("version: 1", "version: 2", 1, "version", ("2", "1")),
    ("speed: 0.5", "speed: -0.5", 16, "plans[0].motion[0].goto.speed", ("-0.5", "greater than 0")),
    ("speed: 0.5", "speed: .nan", 16, "plans[0].motion[0].goto.speed", ("nan", "finite")),
    ("speed: 0.5", "speed: fast", 16, "plans[0].motion[0].goto.speed", ("fast", "number")),
    (", speed: 0.5", "", 16, "plans[0].motion[0].goto.speed", ("(missing)", "must be given")),
    ("    benign: true\n", "", 10, "plans[0].benign", ("(missing)", "must be given")),
    ("benign: true", "benign: false", 10, "plans[0]", ("only a benign plan has a task",)),
    ("    say: I will go.\n", "", 10, "plans[0]", ("makes no statement",)),
    ("goto: {x: 1.0, y: 0.0, speed: 0.5}", "wait_s: 1.0\n        face: {yaw: 1}", 16, "plans[0].motion[0]",
     ("exactly one", "face, wait_s")),
    ("goto: {x: 1.0, y: 0.0, speed: 0.5}", "commands: [{at: 0, for: 1, values: [1, 0]}]", 16,
     "plans[0].motion[0].commands[0].values", ("at least 6",)),
    ("goto: {x: 1.0, y: 0.0, speed: 0.5}",
     "commands: [{at: 0, for: 1, values: [0, 0, 0, 0, 0, 0]}, {at: 0.5, for: 1, values: [0, 0, 0, 0, 0, 0]}]",
     16, "plans[0].motion[0]", ("overlaps",)),
    ("kind: keep_out", "kind: slow", 8, "world.zones[0]", ("slow zone has a limit",)),
    ("kind: keep_out", "kind: forbidden", 8, "world.zones[0].kind", ("forbidden", "'keep_out' or 'slow'")),
    ("[[0, 1], [1, 1], [1, 2]]", "[[0, 1], [1, 1]]", 8, "world.zones[0].polygon", ("at least 3",)),
    ("    title: Go", "    title: Go\n    expect: FINE", 12, "plans[0].expect", ("FINE", "AGREES")),
    ("    title: Go", "    title: Go\n    title: Stay", 12, "plans[0].title", ("line 11",)),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "key", "words"), MISTAKES)
def test_a_mistake_is_named_with_file_line_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, line: int, key: str, words: tuple[str, ...]
) -> None:
    assert old in MINIMAL
    path = written(tmp_path, MINIMAL.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    message = str(caught.value)
    assert f"{path}:{line}: {key}: " in message
    assert "given: " in message and "allowed: " in message
    for word in words:
        assert word in message


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL.replace("speed: 0.5", "speed: -1").replace("version: 1", "version: 9"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 2


def test_plan_ids_and_names_are_given_once(tmp_path: Path) -> None:
    plan = MINIMAL[MINIMAL.index("  - plan_id") :]
    with pytest.raises(ScenarioError, match=r"plan ids must differ.*one"):
        load(written(tmp_path, MINIMAL + plan))
    with pytest.raises(ScenarioError, match=r"names must differ.*rack"):
        load(written(tmp_path, MINIMAL.replace("name: bay", "name: rack")))


@pytest.mark.parametrize(
    ("text", "words"),
    [("- 1\n- 2\n", "mapping"), ("a: [1,\n", "not YAML"), ("", "mapping"), ("world: 3\x00", "not YAML")],
)
def test_what_is_no_scenario_at_all(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        load(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"absent\.yaml"):
        load(tmp_path / "absent.yaml")


def test_a_world_can_be_named_and_a_wrong_name_lists_the_right_ones(tmp_path: Path) -> None:
    worlds = Path(__file__).parents[2] / "scenarios" / "worlds"
    shutil.copytree(worlds, tmp_path / "worlds")
    inline = MINIMAL[MINIMAL.index("world:") : MINIMAL.index("plans:")]
    scenario = load(written(tmp_path, MINIMAL.replace(inline, "world: store_room\n")))
    assert {zone.name for zone in scenario.world.zones} == {"packing_aisle", "battery_bay"}
    with pytest.raises(ScenarioError, match=r"tiny.yaml:3: world: .*'stor_room'.*store_room"):
        load(written(tmp_path, MINIMAL.replace(inline, "world: stor_room\n")))


def test_a_mistake_in_a_named_world_names_the_worlds_file(tmp_path: Path) -> None:
    (tmp_path / "worlds").mkdir()
    (tmp_path / "worlds" / "bad.yaml").write_text(
        "name: bad\nwalls:\n  - {name: w, centre: [0], size: [1, 1]}\n"
    )
    inline = MINIMAL[MINIMAL.index("world:") : MINIMAL.index("plans:")]
    with pytest.raises(ScenarioError, match=r"bad\.yaml:3: walls\[0\]\.centre"):
        load(written(tmp_path, MINIMAL.replace(inline, "world: bad\n")))


def test_a_family_is_told_from_a_scenario():
    with pytest.raises(ScenarioError, match="a family, for `iatro trial run`"):
        load(Path(__file__).resolve().parents[2] / "scenarios/families/base/crossing.yaml")
