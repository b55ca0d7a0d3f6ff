"""The limit that the page writes is one: what every limit keeps, it keeps, and a profile with it is governed by it."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.governor.self_test import self_test
from iatro_governor.limits import registry
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.profile.load import Profile
from test.docs.checking import blocks
from test.docs.commands import ROOT
from test.limits import test_contract as contract
from test.limits.situations import make, situation

PAGE = (ROOT / "docs/how-to/own_limit.md").read_text(encoding="utf-8")
KIND = "corner_speed"
MODULE = f"iatro_governor.limits.{KIND}"


def block(language: str) -> str:
    (found,) = (one for one in blocks(PAGE) if one.language == language)
    return "\n".join(found.lines)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """The page's file, in its place and in the registry."""
    made = types.ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, made)
    exec(compile(block("python"), "corner_speed.py", "exec"), made.__dict__)
    line = re.search(r'`"(\w+)": (\w+),`', PAGE)
    assert line is not None and line[1] == KIND
    monkeypatch.setitem(KINDS, KIND, getattr(made, line[2]))
    yield made


def profile(folder: Path, bound: float | None = None) -> Profile:
    """The demo's base with the page's entry."""
    data = yaml.safe_load((ROOT / "config/amr.yaml").read_text(encoding="utf-8"))
    (entry,) = yaml.safe_load(block("yaml"))
    data["limits"].append(entry | ({} if bound is None else {"bound": bound}))
    file = folder / "robot.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    return load_profile(file)


def test_its_example_on_paper_is_right(module: types.ModuleType) -> None:
    limit, still = make(KIND), situation(np.zeros((0, 2)))
    cap = limit.cap(np.array([0.5, 0.0, 1.0]), still)
    assert cap is not None and cap.requested == pytest.approx(0.9) and cap.scale == pytest.approx(2 / 3)
    told = re.search(r"pass: ([\d.]+) m/s and\n([\d.]+) rad/s", PAGE)
    assert told is not None and [float(told[1]), float(told[2])] == pytest.approx(
        [0.5 * 2 / 3, 2 / 3], abs=5e-4
    )


def test_its_rows_are_its_bound(module: types.ModuleType) -> None:
    limit, still = make(KIND), situation(np.zeros((0, 2)))
    rows = limit.rows(still)
    assert rows is not None
    for command in np.random.default_rng(1).uniform(-1.0, 1.0, (200, 3)):
        cap = limit.cap(command, still)
        assert cap is not None and (cap.scale == 1.0) == bool((rows.matrix @ command <= rows.bounds).all())


@pytest.mark.parametrize(
    "kept",
    [
        contract.test_standing_still_is_never_capped,
        contract.test_standing_still_is_always_clear,
        contract.test_a_cap_is_a_finite_share_and_holds_for_every_smaller_one,
        contract.test_the_same_question_has_the_same_answer,
        contract.test_it_answers_what_it_is_tried_with,
        contract.test_one_that_does_not_intervene_does_not_answer,
    ],
    ids=lambda test: test.__name__,
)
def test_it_keeps_what_every_limit_keeps(module: types.ModuleType, kept: Any) -> None:
    kept(kind=KIND)


def test_the_self_test_of_a_profile_with_it_finds_nothing(module: types.ModuleType, tmp_path: Path) -> None:
    made = profile(tmp_path)
    assert made.limits[-1].model_dump()["kind"] == KIND
    assert [finding for finding in self_test(made) if finding.limit == "corners"] == []


def test_the_self_test_refuses_it_where_it_does_nothing(
    module: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KINDS[KIND], "_value", lambda *_: 0.0)
    assert {finding.limit for finding in self_test(profile(tmp_path)) if finding.refuses} == {"corners"}


def test_without_its_line_no_profile_knows_it(tmp_path: Path) -> None:
    assert KIND not in registry.KINDS
    with pytest.raises(ProfileError, match=KIND):
        profile(tmp_path)
