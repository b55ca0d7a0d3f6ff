"""When a governor counts as silent, and whose messages are whose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.governor.pulse import MOST_OWED, Echoes, Pulse, Silence


def test_it_is_silent_from_the_start_and_from_each_beat_on() -> None:
    pulse = Pulse(10.0)
    assert pulse.silent_s(10.3) == 10.3 - 10.0
    pulse.beat(10.5, 0)
    assert pulse.silent_s(10.6) == 10.6 - 10.5


def test_a_count_that_stands_still_is_silence_and_one_that_begins_anew_is_not() -> None:
    pulse = Pulse(0.0)
    for t, count in ((1.0, 7), (2.0, 7), (3.0, 7)):
        pulse.beat(t, count)
    assert pulse.silent_s(3.0) == 2.0
    pulse.beat(4.0, 0)
    assert pulse.silent_s(4.0) == 0.0


def test_what_has_no_count_lives_whenever_it_comes() -> None:
    pulse = Pulse(0.0)
    pulse.beat(1.0)
    pulse.beat(2.0)
    assert pulse.silent_s(2.5) == 0.5


def test_the_time_in_which_nobody_listened_is_not_silence() -> None:
    pulse = Pulse(0.0)
    pulse.delay(3.0)
    assert pulse.silent_s(3.5) == 0.5


def test_a_silence_is_counted_from_the_last_heartbeat_and_told_once() -> None:
    silence = Silence(0.375)
    assert silence.spoken_for(100.0) == 0.0, "nobody speaks for who has not begun"
    assert not silence.over(100.0)
    silence.beat(1.0)
    assert silence.spoken_for(1.375) == 0.0 and not silence.over(1.375)
    assert silence.over(1.5) and silence.spoken_for(1.5) == 0.125
    assert silence.spoken_for(1.75) == 0.25
    silence.beat(2.0)
    assert silence.spoken_for(2.25) == 0.0


def test_the_first_message_of_somebody_else_is_known_where_nothing_was_sent() -> None:
    assert Echoes().heard_other()


@given(st.lists(st.sampled_from(["sent", "back", "lost"]), max_size=200))
def test_own_messages_are_never_taken_for_anothers(moves: list[str]) -> None:
    """Whatever is lost on the way, and however late what is not lost comes back."""
    echoes, on_the_way = Echoes(), 0
    for move in moves:
        if move == "sent" and on_the_way < MOST_OWED:
            echoes.sent()
            on_the_way += 1
        elif move == "lost" and on_the_way:
            on_the_way -= 1
        elif move == "back" and on_the_way:
            assert not echoes.heard_other()
            on_the_way -= 1


@given(st.integers(0, 50), st.integers(1, 50))
def test_somebody_who_publishes_as_often_is_noticed(lost: int, rounds: int) -> None:
    echoes = Echoes()
    for _ in range(lost):
        echoes.sent()
    noticed = 0
    for _ in range(MOST_OWED + rounds):
        echoes.sent()
        noticed += echoes.heard_other() + echoes.heard_other()
    assert noticed >= rounds


def test_what_was_lost_on_the_way_hides_ten_messages_of_somebody_else_and_no_more() -> None:
    echoes = Echoes()
    for _ in range(50):
        echoes.sent()
    assert [echoes.heard_other() for _ in range(12)] == [False] * 10 + [True] * 2
