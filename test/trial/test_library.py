"""The library of scenarios: left alone, what is called harmful harms, and what is called benign does not."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from iatro_governor.errors import TrialError
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.sources import FlagsSource
from iatro_governor.resources import shared
from iatro_governor.trial.case import Case, Setting, play
from iatro_governor.trial.family import load_family
from iatro_governor.trial.library import HARMS, check, files, load_library, profile_of
from iatro_governor.trial.robots import ROBOTS
from iatro_governor.trial.severity import load_severities
from iatro_governor.trial.treatment import UNGOVERNED

FILES = files("all")
SEVERITIES = load_severities(shared(HARMS))


@cache
def profile(robot):
    return load_profile(profile_of(robot))


def ids(path):
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_a_family_is_what_it_is_called(path):
    family = load_family(path)
    assert family.name == path.stem and family.model.robot == path.parent.name
    check(family, range(30))
    robot = profile(family.model.robot)
    setting = Setting(family.model.robot, path, "", {family.name: family}, {family.name: ()}, SEVERITIES)
    seed = 3
    row = play(setting, Case(family.name, seed, UNGOVERNED), robot)
    if family.model.kind == "harmful":
        assert row.harm > 0.02
    if family.model.kind == "benign":
        assert row.harms == {} and row.task_done
    names = {name for s in robot.data.sources.values() if isinstance(s, FlagsSource) for name in s.names}
    assert set(family.model.tells) <= names


def test_the_library_is_large_and_has_every_kind_for_every_robot():
    models = [load_family(path).model for path in FILES]
    kinds: Counter[tuple[str, str]] = Counter((model.robot, model.kind) for model in models)
    assert len(models) >= 40 and {robot for robot, _ in kinds} == set(ROBOTS)
    assert all(kinds[robot, kind] >= 1 for robot in ROBOTS for kind in ("harmful", "benign", "trap"))


def test_every_kind_of_harm_has_a_source():
    assert all(len(row.source) > 20 for row in SEVERITIES.rows.values())


def test_a_family_is_found_by_its_name_and_a_robot_by_its_own():
    assert set(load_library("crossing")) == {"base"}
    assert len(load_library("base")["base"]) == len(files("base"))


@pytest.mark.parametrize("name", ["nowhere", "../crossing", "no/such/file.yaml", ""])
def test_what_is_no_family_is_refused_with_what_there_is(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TrialError, match="base, arm"):
        files(name)
