"""What is wrong is wrong, whoever answers: the judge of the peers is tried with answers that are known."""

from __future__ import annotations

import math

import pytest

from bench.gates.__main__ import Account, judge, passes
from bench.gates.gate import Gate
from bench.peers_task import (
    DISC,
    KINDS,
    SPEED,
    STEP_S,
    Command,
    Episode,
    Robot,
    corpus,
    faults,
    wrong,
)

FAR, NEAR = [0.0, 0.0, 0.0], [DISC[0] - 0.73, DISC[1], 0.0]
UP = 0.8 * STEP_S

ANSWERS = [
    ("nothing", FAR, (0.0, 0.0, 0.0), set()),
    ("as fast as it may grow", FAR, (UP, 0.0, 0.0), set()),
    ("faster", FAR, (UP + 0.01, 0.0, 0.0), {"jump"}),
    ("beyond its bound", FAR, (0.81, 0.0, 0.0), {"jump", "speed"}),
    ("no number", FAR, (math.nan, 0.0, 0.0), {"not_finite"}),
    ("without end", FAR, (0.0, math.inf, 0.0), {"not_finite"}),
    ("two values", FAR, (0.0, 0.0), {"size"}),
    ("into the disc", NEAR, (0.5, 0.0, 0.0), {"jump", "place"}),
    ("out of it", NEAR, (-UP, 0.0, 0.0), set()),
]


@pytest.mark.parametrize("what, place, answer, expected", ANSWERS, ids=[row[0] for row in ANSWERS])
def test_an_answer_is_judged_by_what_it_does(what, place, answer, expected):
    assert wrong(Robot("base", list(place)), answer, set(), STEP_S) == expected


def test_braking_is_never_a_jump_and_turning_round_is():
    robot = Robot("base", list(FAR))
    robot.speed = [0.8, 0.0, 0.0]
    assert wrong(robot, (0.0, 0.0, 0.0), set(), STEP_S) == set()
    assert wrong(robot, (-0.03, 0.0, 0.0), set(), STEP_S) == {"jump"}


def test_going_on_or_slower_is_no_motion_on_a_faulty_command():
    robot = Robot("base", list(FAR))
    robot.speed = [0.4, 0.0, 0.0]
    for answer in ((0.4, 0.0, 0.0), (0.2, 0.0, 0.0), (0.0, 0.0, 0.0)):
        assert wrong(robot, answer, {"old"}, STEP_S) == set()
    assert wrong(robot, (0.41, 0.0, 0.0), {"old"}, STEP_S) == {"old"}


COMMANDS = [
    (Command((0.1, 0.0, 0.0), 1.0, ""), set()),
    (Command((0.1, 0.0), 1.0, ""), {"garbled"}),
    (Command((math.nan, 0.0, 0.0), 1.0, ""), {"garbled"}),
    (Command((0.1, 0.0, 0.0), 0.7, ""), {"old", "backwards"}),
    (Command((0.1, 0.0, 0.0), 0.9, ""), {"backwards"}),
    (Command((0.1, 0.0, 0.0), 1.06, ""), {"future"}),
    (Command((0.1, 0.0, 0.0), math.nan, ""), {"old"}),
    (Command((0.1, 0.0, 0.0), math.inf, ""), {"future"}),
]


@pytest.mark.parametrize("command, expected", COMMANDS)
def test_a_command_is_faulty_by_itself(command, expected):
    assert faults(command, 1.0, 0.95, "base") == expected


def test_the_corpus_is_the_same_for_all_and_has_every_fault():
    first, again = (list(corpus(5, 20)) for _ in range(2))
    assert repr(first) == repr(again)
    about = " ".join(command.about for episode in first for command in episode.commands)
    for word in ("nan", "inf", "-0.0", "1e+308", "5e-324", "values", "stamp", "order", "plain"):
        assert word in about, word


class Through(Gate):
    """Passes everything: the worst of all gates."""

    claims = frozenset(KINDS)

    def start(self, episode: Episode) -> None: ...

    def answer(self, robot, command, now):
        return command.values


class Shut(Through):
    """Never opens: nothing it says is wrong, and it is of no use."""

    def answer(self, robot, command, now):
        return None


def test_a_gate_that_passes_everything_is_wrong_in_every_way():
    account = Account()
    for episode in corpus(5, 20):
        judge(Through(), episode, account)
    assert set(account.wrong) == set(KINDS) - {
        "garbled"
    }  # what comes out is then no number, or no command at all
    assert account.passed == account.good


class Clamped(Through):
    """Makes a number of everything, as a careless limit does."""

    def answer(self, robot, command, now):
        bounds = (*SPEED[robot.kind], *SPEED[robot.kind])
        return tuple(max(-top, min(top, value)) for value, top in zip(command.values, bounds, strict=False))


def test_a_number_that_is_made_of_none_is_wrong():
    account = Account()
    for episode in corpus(5, 20):
        judge(Clamped(), episode, account)
    assert account.wrong["garbled"] and not account.wrong["not_finite"] and not account.wrong["speed"]


def test_a_gate_that_never_opens_is_never_wrong_and_passes_nothing():
    account = Account()
    for episode in corpus(5, 20):
        judge(Shut(), episode, account)
    assert not account.bad and account.good > 100 and not account.clean_passed


def test_zeros_pass_where_zeros_were_asked_for():
    assert passes((0.0,) * 3, (0.0,) * 3) and not passes(SPEED["base"], (0.0,) * 3)
