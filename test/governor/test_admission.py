"""What a trajectory is judged by, from where it would begin, and what is told of it: by a judge of a test's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from iatro_governor.governor import admission
from iatro_governor.governor.admission import Admission
from iatro_governor.governor.offence import Offence
from iatro_governor.governor.vetting import Answer, Outcome, Vetted
from iatro_governor.limits.joint_position import JointPositionLimit
from iatro_governor.limits.joint_rate import JointAccelerationLimit, JointDecelerationLimit
from iatro_governor.limits.joint_velocity import JointVelocityLimit

PERIOD, TOLERANCE = 0.01, 0.05
NAMES = ("shoulder", "slide")
FASTEST = {"wide": [2.0, 4.0], "tight": [1.0, 5.0]}


class Path:
    """As far from the joints as a test says; remembers whether the way there was joined to it."""

    def __init__(self, gap: list[float], joined: bool = False) -> None:
        self.gap, self.way_there = np.array(gap), joined

    def joined(self) -> Path:
        return Path([0.0, 0.0], True)


def bounded(kind: Any, name: str, bounds: list[float], source: str = "a test") -> Any:
    row = {"name": name, "kind": kind.model.model_fields["kind"].annotation.__args__[0], "channel": "way"}
    return kind(kind.model.model_validate(row | {"bounds": bounds, "source": source}))


def ended(name: str, margin: float) -> Any:
    """Keeps joints ``margin`` off their ends."""
    row = {"name": name, "kind": "joint_position", "channel": "way", "margin": margin, "source": "a test"}
    return JointPositionLimit(JointPositionLimit.model.model_validate(row))


LIMITS = [bounded(JointVelocityLimit, name, bounds) for name, bounds in FASTEST.items()] + [
    bounded(JointAccelerationLimit, "quicker", [3.0, 6.0]),
    bounded(JointDecelerationLimit, "slower", [2.5, 7.0], "a brake's data sheet"),
    *(ended(name, margin) for name, margin in (("near", 0.1), ("far", 0.5))),
]


class Judged:
    """One admission, and what came before its judge."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, gap: list[float], verdict: Any = None, **changes: Any
    ):
        self.path = cast(Any, Path(gap))
        self.begun: list[Any] = []
        config = SimpleNamespace(
            policy="retime", max_duration_s=60.0, start_tolerance=TOLERANCE, tolerance_source="how far"
        )
        chart: Any = SimpleNamespace(
            moves=NAMES,
            trajectories=config,
            path=lambda command: self.path,
            points=lambda command: "its own points",
            begin=lambda *given: self.begun.append(given),
            execution=SimpleNamespace(cancel=lambda: self.begun.clear()),
        )
        # Of two joints, the second slides; a third is another channel's.
        model: Any = SimpleNamespace(
            lower=np.array([-9.0, -5.0, -3.0]),
            upper=np.array([9.0, 5.0, 2.0]),
            prismatic=np.array([False, True, False]),
            gain=np.eye(3),
        )
        levers = np.array([[0.9, 0.9, 0.0], [0.2, 0.5, 0.1], [0.25, 0.125, 0.0]])
        joints = {"way": np.array([2, 1]), "other": np.array([0])}
        self.asked: list[Any] = []
        self.verdict = verdict or Vetted(Outcome.PASS, self.path, ())
        monkeypatch.setattr(admission, "vet", self._vet)
        monkeypatch.setattr(admission, "PathCheck", lambda *_: None)
        self.made = Admission("way", chart, model, LIMITS, levers, joints, PERIOD, changes.get("answer"))

    def _vet(self, path: Any, bounds: Any, check: Any, policy: Any) -> Any:
        self.asked.append(SimpleNamespace(path=path, bounds=bounds, policy=policy))
        return self.verdict

    def judge(self, t: float = 5.0) -> Any:
        situation: Any = SimpleNamespace(t=t)
        return self.made.judge(SimpleNamespace(t=t), situation)  # type: ignore[arg-type]


def test_a_path_is_looked_at_so_often_that_no_point_of_the_body_moves_three_centimetres(monkeypatch):
    """Two joints, that move points by 0.25 m and 0.5 m a rad at most: half of 0.03 m each, 0.06 rad and 0.03 rad."""
    judged = Judged(monkeypatch, [0.0, 0.0])
    judged.judge()
    (asked,) = judged.asked
    assert asked.policy.step == pytest.approx([0.06, 0.03])
    assert (asked.policy.period, asked.policy.max_samples) == (0.05, 4000)
    assert asked.policy.max_duration == 60.0 and asked.policy.answer is Answer.RETIME
    assert asked.bounds.velocity == pytest.approx([1.0, 4.0]) and asked.bounds.corner_s == PERIOD
    refusing = Judged(monkeypatch, [0.0, 0.0], answer=Answer.REFUSE)
    refusing.judge()
    assert refusing.asked[0].policy.answer is Answer.REFUSE


@pytest.mark.parametrize(
    ("gap", "joined"),
    [([0.01, -0.04], False), ([0.0101, 0.0], True), ([0.0, -0.0401], True), ([0.005, 0.03], False)],
)
def test_a_first_point_further_than_a_period_at_full_speed_is_a_way_of_its_own(monkeypatch, gap, joined):
    """1 rad/s and 4 m/s for 0.01 s."""
    judged = Judged(monkeypatch, gap)
    judged.judge()
    assert judged.asked[0].path.way_there is joined


@pytest.mark.parametrize(
    ("t", "joined"), [(5.0, True), (5.004, True), (5.006, False), (4.0, True), (9.0, False)]
)
def test_of_many_that_begin_one_after_the_other_each_has_the_time_since_the_last(monkeypatch, t, joined):
    """0.005 rad at 1 rad/s take 0.005 s since 5 s."""
    judged = Judged(monkeypatch, [0.005, 0.0])
    judged.made.begin(judged.judge(), SimpleNamespace(t=5.0))  # type: ignore[arg-type]
    judged.judge(t)
    assert judged.asked[1].path.way_there is joined


def test_one_that_passes_keeps_its_points_and_is_begun_with_them(monkeypatch):
    judged = Judged(monkeypatch, [0.0, 0.0])
    admitted = judged.judge()
    assert (admitted.path, admitted.points, admitted.changed) == (judged.path, "its own points", False)
    command: Any = SimpleNamespace(t=5.0)
    judged.made.begin(admitted, command)
    assert judged.begun == [(judged.path, "its own points", command)]
    judged.made.cancel()
    assert judged.begun == []


@pytest.mark.parametrize("outcome", [Outcome.RETIMED, Outcome.CUT])
def test_one_that_is_made_anew_has_none_of_the_points_that_were_sent(monkeypatch, outcome):
    other: Any = Path([0.0, 0.0])
    judged = Judged(monkeypatch, [0.0, 0.0], Vetted(outcome, other, ()))
    admitted = judged.judge()
    assert (admitted.path, admitted.points, admitted.changed, admitted.reason) == (other, None, True, "")


@pytest.mark.parametrize(
    ("gap", "joint", "unit"), [([0.04, -0.06], "slide", "m"), ([-0.06, 0.055], "shoulder", "rad")]
)
def test_one_that_begins_elsewhere_is_judged_by_nobody_and_says_where(monkeypatch, gap, joint, unit):
    judged = Judged(monkeypatch, gap)
    refused = judged.judge()
    assert judged.asked == [] and refused.path is None and not refused.changed
    assert refused.reason == (
        f"start_tolerance of {joint} at 0.000 s: 0.06 {unit} requested, 0.05 {unit} allowed"
    )
    (report,) = refused.limits
    assert (report.name, report.kind, report.unit, report.source) == (
        "start_tolerance",
        "start_tolerance",
        unit,
        "how far",
    )
    assert (report.requested, report.allowed) == (0.06, 0.05) and report.margin == pytest.approx(-0.01)


def test_one_that_begins_as_far_away_as_it_may_is_judged(monkeypatch):
    judged = Judged(monkeypatch, [TOLERANCE, -TOLERANCE])
    assert judged.judge().path is judged.path


def offence(limit: str, joint: str | None, allowed: float) -> Offence:
    return Offence(0.5, limit, joint, None, 9.0, allowed, allowed - 9.0, "rad/s", True)


@pytest.mark.parametrize(
    ("found", "name", "source"),
    [
        (offence("joint_velocity", "shoulder", 1.0), "tight", "a test"),
        (offence("joint_velocity", "shoulder", -2.0), "wide", "a test"),
        (offence("joint_velocity", "slide", 4.0), "wide", "a test"),
        (offence("joint_velocity", "slide", 5.0), "tight", "a test"),
        (offence("joint_acceleration", "shoulder", 2.5), "slower", "a brake's data sheet"),
        (offence("joint_acceleration", "shoulder", 3.0), "quicker", "a test"),
        (offence("joint_acceleration", "slide", 7.0), "slower", "a brake's data sheet"),
        (offence("quicker", None, 3.0), "quicker", "a test"),
        (offence("slower", "shoulder", 1.0), "slower", "a brake's data sheet"),
        (offence("joint_position", "shoulder", 1.9), "near", "a test"),
        (offence("joint_position", "shoulder", -2.5), "far", "a test"),
        (offence("joint_jerk", "slide", 3.0), "joint_jerk", "how far"),
        (offence("contact", None, 3.0), "contact", "how far"),
    ],
)
def test_what_is_broken_is_called_as_the_profile_calls_the_limit_that_has_the_bound(
    monkeypatch, found, name, source
):
    judged = Judged(monkeypatch, [0.0, 0.0], Vetted(Outcome.REFUSED, None, (found,), "too fast"))
    refused = judged.judge()
    assert (refused.path, refused.points, refused.changed, refused.reason) == (None, None, False, "too fast")
    (report,) = refused.limits
    assert (report.name, report.source) == (name, source)
    assert (report.requested, report.allowed, report.margin) == (9.0, found.allowed, found.margin)
