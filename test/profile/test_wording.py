"""A mistake in a profile is answered in words: what was given, what is allowed, what was meant, and in which line."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from iatro_governor.errors import Problem, ProfileError
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.profile.document import read
from iatro_governor.profile.load import problems_of
from iatro_governor.profile.model import ProfileData
from test.governor.profiles import AMR

ROOT = Path(__file__).resolve().parents[2]
TEXT = AMR.read_text(encoding="utf-8")


def refused(tmp_path: Path, old: str, new: str) -> list[Problem]:
    assert old in TEXT
    path = tmp_path / "robot.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    return caught.value.problems


def row(tmp_path: Path, old: str, new: str) -> tuple[str, Any, str]:
    (problem,) = refused(tmp_path, old, new)
    return problem.message, problem.given, problem.allowed


UNITLESS = "a number > 0, without a unit, with a decimal point"


@pytest.mark.parametrize(
    ("old", "new", "message", "given", "allowed"),
    [
        ("bound: 0.8", "bound: 0.8 m/s", "Input should be a valid number", "0.8 m/s", UNITLESS),
        ("bound: 0.8", "bound: 0,8", "Input should be a valid number", "0,8", UNITLESS),
        ("bound: 0.8", "bound: .inf", "Input should be a finite number", float("inf"), "a number > 0, and finite"),
        (
            "rate_hz: 100",
            "rate_hz: 5",
            "Input should be greater than or equal to 10",
            5,
            "a number >= 10 and <= 1000",
        ),
        ("stamped: true", "stamped: TwistStamped", "Input should be a valid boolean", "TwistStamped", "true or false"),
        (
            "input: cmd_vel_planner",
            "input: cmd vel",
            "has other characters than are allowed",
            "cmd vel",
            "a topic's name: words of letters, digits and _, no digit first, one / between them",
        ),
        (
            "radius: 0.22",
            "diameter: 0.44",
            "no such key",
            0.44,
            "one of: centre, radius; no other keys here",
        ),
        (
            "pose: [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
            "pose: [0.0, 0.0, 0.0]",
            "has too few of them",
            "[0.0, 0.0, 0.0]",
            "a list of 6, each a number",
        ),
    ],
)  # fmt: skip
def test_what_is_allowed_is_said_in_words(
    tmp_path: Path, old: str, new: str, message: str, given: Any, allowed: str
) -> None:
    problems = refused(tmp_path, old, new)
    assert (message, given, allowed) in [(p.message, p.given, p.allowed) for p in problems]


def test_a_key_that_is_missing_says_what_goes_there(tmp_path: Path) -> None:
    message, given, allowed = row(tmp_path, "    command_timeout_s: 0.25\n", "")
    assert (message, given, allowed) == ("must be given", "(missing)", "a number > 0 and <= 10")


def test_a_type_that_is_none_is_shown_alone_and_where_it_stands(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "type: scan", "type: laserscan")
    assert problem.given == "laserscan" and "'points'" in problem.allowed
    assert problem.line == 1 + TEXT[: TEXT.index("type: scan")].count("\n")


def test_of_a_part_that_contradicts_itself_the_keys_in_question_are_shown(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "input: cmd_vel_planner", "input: cmd_vel")
    assert problem.given == "{input: cmd_vel, output: cmd_vel}"
    view = "field_of_view: [-3.141592653589793, 3.141592653589793]"
    (problem,) = refused(tmp_path, view, "field_of_view: [-180, 180]")
    assert (problem.key, problem.given) == ("sources.lidar", "{field_of_view: [-180, 180]}")
    assert problem.line == 1 + TEXT[: TEXT.index(view)].count("\n")


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("kind: obstacle", "kind: obstacles", "is obstacle meant?"),
        ("base: differential", "base: diff", "is differential meant?"),
        ("    stamped: true", "    Stamped: true", "is stamped meant?"),
        ("lease_grace_s:", "lease_grace:", "is lease_grace_s meant?"),
    ],
)
def test_what_was_meant_is_asked(tmp_path: Path, old: str, new: str, meant: str) -> None:
    assert any(meant in problem.message for problem in refused(tmp_path, old, new))


@pytest.mark.parametrize(
    ("text", "line", "given"),
    [
        ("version: 1\nrobot\nloop: 3\n", 2, "robot"),
        ("version: 1\nrobot:\n\tname: a\n", 3, "name: a"),
        (f"{{}}\n{{a: {'b' * 200}}}\n", 2, f"{{a: {'b' * 73}..."),
    ],
)
def test_what_is_no_yaml_is_shown(tmp_path: Path, text: str, line: int, given: str) -> None:
    path = tmp_path / "robot.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.given) == (line, given)


def parts(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key of ``data``, as a path."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if isinstance(data, dict):
            yield (*at, key)
        yield from parts(value, (*at, key))


def misspelt(data: Any, at: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(data)
    inside = changed
    for key in at[:-1]:
        inside = inside[key]
    inside[f"{at[-1]}x"] = inside.pop(at[-1])
    return changed


OWN = {"sources": 2, "channels": 2}
"""Where the writer's own names stand: as deep as this a misspelt one is another name."""


@pytest.mark.parametrize("name", ["amr", "panda", "tiago", "iris"])
def test_every_key_that_is_misspelt_is_asked_for(name: str) -> None:
    document = read(ROOT / f"config/{name}.yaml")
    asked = 0
    whole = {key: value for key, value in document.data.items() if key != "limits"}
    cases: list[tuple[Any, Any, tuple[Any, ...]]] = [
        (whole, ProfileData, at) for at in parts(whole) if len(at) != OWN.get(at[0])
    ]
    for limit in document.data["limits"]:
        cases += [(limit, KINDS[limit["kind"]].model, at) for at in parts(limit) if at[0] != "kind"]
    for data, model, at in cases:
        try:
            model.model_validate(misspelt(data, at))
        except ValidationError as error:
            for problem in problems_of(document, error, model):
                assert problem.message and problem.allowed
                if problem.message.startswith("no such key"):
                    assert problem.message == f"no such key; is {at[-1]} meant?", at
                    asked += 1
    assert asked > 60
