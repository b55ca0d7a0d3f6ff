"""When the offline loop ticks, and what it hands on of lines that are sound and of others: by hand."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import CLOCK_JUMP_S
from iatro_governor.governor.events import Command, EStop, Malformed
from iatro_governor.governor.lines import BadLine, parse
from iatro_governor.governor.offline import OfflineLoop, dumps


class Core:
    """A governor of 4 cycles a second that notes what it is told, and decides nothing."""

    def __init__(self):
        self.profile = SimpleNamespace(data=SimpleNamespace(loop=SimpleNamespace(rate_hz=4.0)))
        self.channels = {"a": None, "b": None}
        self.told: list[Any] = []
        self.good: list[float] = []

    def tick(self, t):
        self.told.append(t)
        return [SimpleNamespace(to_json=lambda: {"tick": t})]

    def handle(self, event):
        self.told.append(event)
        if isinstance(event, EStop) and event.source == "strange":
            raise EventError("no such source", "estop")
        return [SimpleNamespace(to_json=lambda: {"event": type(event).__name__})]

    def good_line(self, t):
        self.good.append(t)

    def why_garbled(self, command):
        return "too many values" if len(command.values) > 2 else None


def run(*lines):
    """Rows for lines, dicts or raw text, and what the core was told."""
    core = Core()
    loop = OfflineLoop(core)  # type: ignore[arg-type]
    told = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    rows = [json.loads(row) for row in loop.run(told)]
    assert loop.malformed == len([row for row in rows if row.get("type") == "malformed"])
    return rows, core


def estop(t, **more):
    return {"t": t, "type": "estop", "pressed": True} | more


def tick(t):
    return {"t": t, "type": "tick"}


def why(rows):
    return [
        (row["t"], row["line"], row["of"], row["message"]) for row in rows if row.get("type") == "malformed"
    ]


def test_it_ticks_from_the_first_event_on_and_after_the_events_of_the_same_time():
    rows, core = run(estop(1.0), estop(1.5), estop(1.625))
    assert core.told == [EStop(1.0, True), 1.0, 1.25, EStop(1.5, True), 1.5, EStop(1.625, True)]
    assert rows[:2] == [{"event": "EStop"}, {"tick": 1.0}] and core.good == [1.0, 1.5, 1.625]


def test_it_ends_with_the_tick_of_the_last_line():
    assert run(tick(1.0), tick(1.5))[1].told == [1.0, 1.25, 1.5]
    assert run(tick(0.0), tick(0.25 - 0.5e-9))[1].told == [0.0, 0.25]
    assert run(tick(0.0), tick(0.25 - 2e-9))[1].told == [0.0]
    assert run()[1].told == []


def test_words_and_empty_lines_move_no_clock():
    statement = {"t": 9.0, "type": "statement", "text": "hello"}
    rows, core = run(tick(1.0), "", "   ", statement, tick(1.25))
    assert core.told == [1.0, 1.25] and core.good == [1.0, 1.25] and len(rows) == 2


def test_a_sync_is_answered_once_all_before_it_is_out():
    rows, _ = run(tick(1.0), {"t": 1.5, "type": "sync", "id": "x"})
    assert rows == [{"tick": 1.0}, {"tick": 1.25}, {"sync": "x"}, {"tick": 1.5}]


def test_a_leap_of_the_clock_is_not_ticked_through():
    """The grid stays: a tick at 0.25 s times so many."""
    leap = CLOCK_JUMP_S + 0.3
    told = run(tick(1.0), tick(1.125), tick(1.125 + leap))[1].told
    first = next(k for k in range(999) if 1.0 + k * 0.25 >= 1.125 + leap - 1e-9)
    assert told == [1.0] + [1.0 + first * 0.25] * (1.0 + first * 0.25 <= 1.125 + leap + 1e-9)
    whole = [1.0 + k * 0.25 for k in range(int(CLOCK_JUMP_S * 4) + 1)]
    assert run(tick(1.0), tick(1.0 + CLOCK_JUMP_S))[1].told == whole
    there = 1.0 + CLOCK_JUMP_S + 2.0
    assert run(tick(1.0), tick(there))[1].told == [1.0, there]


@pytest.mark.parametrize(("t", "back"), [(0.0, False), (-1e-9, False), (-2e-9, True), (-0.5, True)])
def test_time_does_not_go_back(t, back):
    rows, core = run(tick(0.0), estop(t, source="button"))
    if not back:
        assert why(rows) == [] and core.told == [EStop(t, True, "button"), 0.0]
        return
    said = f"time goes back from 0.0 to {t}"
    assert why(rows) == [(t, 2, "estop", said)] and core.good == [0.0]
    assert core.told == [Malformed(0.0, "estop", "button", said), 0.0]


def test_what_is_bad_of_a_source_is_told_when_it_came():
    rows, core = run(tick(1.0), {"t": 1.5, "type": "estop", "pressed": 1, "source": "button"})
    ((t, line, of, message),) = why(rows)
    assert (t, line, of) == (1.5, 2, "estop") and "pressed" in message
    assert core.told == [1.0, 1.25, Malformed(1.5, "estop", "button", message), 1.5] and core.good == [
        1.0,
        1.5,
    ]


def test_what_is_bad_of_nobody_is_told_to_nobody():
    rows, core = run(tick(1.0), {"t": 1.5, "type": "statement"}, {"t": 1.5, "type": "nonsense"})
    assert [row[:3] for row in why(rows)] == [(1.5, 2, "statement"), (1.5, 3, "nonsense")] and core.told == [
        1.0
    ]


def test_a_line_that_is_none_may_have_been_any():
    rows, core = run(
        tick(1.0), "not json", '{"t": 1.5, "type": "command", "channel": "a", "values": [1], "values": [2]}'
    )
    first, second = why(rows)
    assert first[:3] == (None, 2, None) and second == (1.5, 3, "command", "a key is given twice")
    assert core.told == [
        Malformed(1.0, "line", None, first[3]),
        1.0,
        1.25,
        Malformed(1.5, "command", "a", "a key is given twice"),
        1.5,
    ]


def test_what_could_not_be_read_before_the_first_line_is_told_with_it():
    rows, core = run("[", "]", tick(1.0))
    first, second = why(rows)
    assert (first[1], second[1]) == (1, 2) and core.told == [Malformed(1.0, "line", None, first[3]), 1.0]
    assert run(tick(1.0))[1].told == [1.0]


def test_a_bad_line_may_be_the_first():
    rows, core = run({"t": 1.0, "type": "estop", "pressed": 1, "source": "button"}, tick(1.25))
    assert len(why(rows)) == 1 and core.told[0] == Malformed(1.0, "estop", "button", why(rows)[0][3])
    assert core.told[1:] == [1.0, 1.25]


@pytest.mark.parametrize(("t", "placed"), [(1e-9, True), (0.0, True), (-1e-9, True), (-2e-9, False)])
def test_a_bad_line_has_its_time_where_that_does_not_go_back(t, placed):
    _, core = run(tick(0.0), {"t": t, "type": "estop", "pressed": 1, "source": "button"})
    assert core.good == [0.0, t][: 1 + placed]


def test_time_may_begin_before_zero_with_a_sound_line_or_a_bad_one():
    assert run(tick(-1.0), tick(-0.75))[1].told == [-1.0, -0.75]
    rows, core = run({"t": -1.0, "type": "estop", "pressed": 1, "source": "button"}, tick(-0.75))
    assert core.told == [Malformed(-1.0, "estop", "button", why(rows)[0][3]), -1.0, -0.75]


def test_a_tick_that_is_due_just_so_much_before_an_event_that_both_are_the_same_comes_after_it():
    assert run(tick(0.0), estop(1e-9))[1].told == [EStop(1e-9, True), 0.0]
    assert run(tick(0.0), estop(2e-9))[1].told == [0.0, EStop(2e-9, True)]


def test_a_tick_that_is_due_just_so_much_after_the_last_line_that_both_are_the_same_comes_at_its_end():
    end = 0.25 - 1e-9
    assert end + 1e-9 == 0.25
    assert run(tick(0.0), tick(end))[1].told == [0.0, 0.25]


def test_what_json_has_no_number_for_is_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"t": float("nan")})


def test_a_command_of_no_channel_is_refused_and_a_garbled_one_is_handed_on():
    rows, core = run(
        {"t": 1.0, "type": "command", "channel": "c", "values": [1.0]},
        {"t": 1.0, "type": "command", "channel": "a", "values": [1.0, 2.0, 3.0]},
        {"t": 1.0, "type": "command", "channel": "b", "values": [1.0]},
    )
    assert why(rows) == [
        (1.0, 1, "command", "no channel 'c'; known: a, b"),
        (1.0, 2, "command", "too many values"),
    ]
    assert core.told == [Command(1.0, "a", (1.0, 2.0, 3.0), 1.0), Command(1.0, "b", (1.0,), 1.0), 1.0]


def test_what_the_core_refuses_is_malformed():
    assert why(run(estop(1.0, source="strange"))[0]) == [(1.0, 1, "estop", "no such source")]


# Lines.


@pytest.mark.parametrize(
    ("t", "sound"), [(1e11, True), (-1e11, True), (1.00000000001e11, False), (True, False), ("1", False)]
)
def test_times_are_numbers_that_a_loop_can_tell_apart(t, sound):
    text = json.dumps({"t": t, "type": "tick"})
    if sound:
        assert parse(text).t == t
        return
    with pytest.raises(BadLine, match="'t' must be a number of seconds, at most 1e") as caught:
        parse(text)
    assert (caught.value.t, caught.value.of, caught.value.subject, caught.value.whole) == (
        None,
        "tick",
        None,
        False,
    )


@pytest.mark.parametrize(
    ("text", "subject", "whole"),
    [
        ('{"t": 1, "type": "command", "values": 1}', "*", False),
        ('{"t": 1, "type": "command", "channel": "a", "values": 1}', "a", False),
        ('{"t": 1, "type": "scan", "source": "s"}', "s", False),
        ('{"t": 1, "type": "scan", "source": 1}', "*", False),
        ('{"t": 1, "type": "publishers"}', "*", False),
        ('{"t": 1, "type": "statement", "source": "s"}', None, False),
        ('{"t": 1, "type": 5}', None, False),
        ('{"t": 1, "type": 5, "type": 6}', None, False),
        ("[1]", None, True),
        ("{", None, True),
    ],
)
def test_whom_a_bad_line_was_for(text, subject, whole):
    with pytest.raises(BadLine) as caught:
        parse(text)
    assert caught.value.subject == subject and caught.value.whole is whole


def test_of_what_is_wrong_three_things_are_told_and_where():
    with pytest.raises(BadLine) as caught:
        parse('{"t": 1, "type": "scan", "source": 1, "ranges": 2, "angle_min": "3", "angle_increment": "4"}')
    parts = str(caught.value).split("; ")
    assert [part.partition(":")[0] for part in parts] == ["source", "ranges", "angle_min"]


@pytest.mark.parametrize("digits", [299, 300, 5000])
def test_a_number_of_any_length_is_a_number(digits):
    assert isinstance(
        parse(f'{{"t": 1, "type": "sync", "id": [{"1" * 299}], "more": {"1" * digits}}}').t, float
    )
