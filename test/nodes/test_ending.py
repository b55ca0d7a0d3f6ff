"""How the governor ends: nothing new once the robot rests, and every decision in the ledger if anybody writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.nodes import ending
from iatro_governor.nodes.ending import HANDED_OVER_S, STOP_WITHIN_S, Ending


@dataclass
class Output:
    """What an output says, in order."""

    moving: bool = False
    lasting: bool = True
    changes: bool = False
    said: list[str] = field(default_factory=list)

    def live(self) -> None:
        """As of an output."""

    def stand(self, now: float) -> None:
        """As of an output."""
        self.said.append(f"stand at {now:g}")

    def wait_for_readers(self) -> None:
        """As of an output."""
        self.said.append("arrived")


@dataclass
class Ring:
    """Numbers of decisions."""

    next_number: int = 10
    acknowledged: int = 0


class Course:
    """A robot that is to end, and its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **output: Any) -> None:
        self.clock, self.rests, self.listeners = 100.0, True, 1
        monkeypatch.setattr(ending, "time", SimpleNamespace(monotonic=lambda: self.clock))
        self.output, self.ring = Output(**output), Ring()
        outputs: Any = (self.output,)
        ring: Any = self.ring
        self.ending = Ending(lambda: self.rests, outputs, ring, lambda: self.listeners)

    def done(self, after: float = 0.0) -> bool:
        """Whether it has ended, ``after`` s more."""
        self.clock += after
        return self.ending.done(7.0)


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> Course:
    return Course(monkeypatch)


def test_the_last_decision_has_its_receipt(course: Course) -> None:
    course.rests = False
    assert not course.done()
    course.ring.next_number = 20
    course.rests = True
    assert not course.done(0.1)
    assert course.ending.decided
    course.ring.acknowledged = 19
    assert not course.done(0.1) and course.output.said == []
    course.ring.acknowledged = 20
    assert course.done(0.1) and course.output.said == ["stand at 7", "arrived"]


def test_a_recorder_that_does_not_answer_is_not_waited_for_for_ever(course: Course) -> None:
    assert not course.done() and not course.done(HANDED_OVER_S - 0.1)
    assert course.done(0.2)


def test_without_a_recorder_nothing_is_waited_for(course: Course) -> None:
    course.listeners = 0
    assert course.done()


def test_what_is_not_seen_to_rest_is_stopped_for_a_while_and_then_decided_no_more(course: Course) -> None:
    """Its sensors may be gone already: zeros stay zeros."""
    course.rests = False
    assert [course.done(STOP_WITHIN_S - 0.1), course.ending.decided] == [False, False]
    assert [course.done(0.2), course.ending.decided] == [False, True]


def test_what_holds_a_moving_arm_is_decided_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course(monkeypatch, changes=True, lasting=False)
    course.rests = False
    assert not course.done(STOP_WITHIN_S + 0.1) and not course.ending.decided
    course.ring.next_number, course.ring.acknowledged = 30, 10
    assert course.done(0.1), "what it decided before has its receipts"


def test_a_ramp_is_waited_for_however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course(monkeypatch, moving=True)
    course.ring.acknowledged = 10
    assert not course.done(10 * STOP_WITHIN_S)
    course.output.moving = False
    assert course.done()
