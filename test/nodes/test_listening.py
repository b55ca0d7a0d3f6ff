"""How long an ending node has listened in vain."""

from __future__ import annotations

import pytest

from iatro_governor.nodes.listening import MOST_S, Listening


def test_turns_add_up_and_what_comes_begins_the_quiet_anew() -> None:
    listening = Listening()
    for now in (10.0, 10.05, 10.1):
        listening.turn(now)
    assert listening.waited_s == listening.quiet_s == pytest.approx(0.1)
    listening.heard()
    listening.turn(10.15)
    assert listening.quiet_s == pytest.approx(0.05) and listening.waited_s == pytest.approx(0.15)


def test_before_the_first_turn_nobody_listened() -> None:
    listening = Listening()
    listening.turn(1e6)
    assert listening.waited_s == listening.quiet_s == 0.0


def test_being_held_up_is_no_quiet() -> None:
    listening = Listening()
    listening.turn(10.0)
    listening.turn(40.0)
    assert listening.quiet_s == listening.waited_s == MOST_S
