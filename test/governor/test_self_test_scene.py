"""Of which robot the self-test asks what violates a limit, and how exactly it looks at the answer."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

from iatro_governor.governor import self_test as module
from iatro_governor.governor.group import Group
from iatro_governor.governor.scenes import SCENES, fresh
from iatro_governor.governor.self_test import self_test, steps
from test.governor.profiles import amr
from test.governor.test_trajectory_chart import SLOWLY, profile_of


def test_a_trajectory_is_tried_on_a_robot_that_has_nothing_near_and_was_looked_at_just_now(
    tmp_path, monkeypatch
):
    shown, asked, look = dict[int, Any](), list[Any](), Group.look

    def noted(profile, scene):
        core = fresh(profile, scene)
        shown.update({id(group): scene for group in core.groups})
        return core

    def counted(group, t):
        asked.append((shown.get(id(group)), t))
        return look(group, t)

    monkeypatch.setattr(module, "fresh", noted)
    monkeypatch.setattr(Group, "look", counted)
    assert all(step.finding is None for step in steps(profile_of(tmp_path, limits=[SLOWLY])))
    times = Counter(scene for scene, _ in asked)
    assert {t for _, t in asked} == {0.0}
    assert times[SCENES[0]] > times[SCENES[1]] == times[SCENES[2]]


def test_a_limit_that_is_tried_alone_is_no_more_tolerant_than_on_the_robot():
    limit = SimpleNamespace(config=None, clear=lambda _ways, _situation, tolerance: tolerance)
    alone = module._Alone(limit, "clear")  # type: ignore[arg-type]
    assert alone.clear(None, None) == 0.0


def test_a_rate_of_commands_that_does_nothing_is_found_whatever_it_is_called(tmp_path, monkeypatch):
    """``more`` is a word of what every channel says of too many commands."""
    rate = {"name": "more", "kind": "command_rate", "channel": "base", "bound": 30.0, "source": "a test"}
    profile = amr(tmp_path, limits=[rate], channels={"base": {"max_command_hz": 10.0}})
    assert self_test(profile) == []
    monkeypatch.setattr(module, "tightest", lambda _limits, _channel: None)
    (found,) = self_test(profile)
    assert found.limit == "more" and found.refuses
