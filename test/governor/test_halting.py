"""Which stop a group makes and from which output, by stubs that say what they were asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.halting import Halting
from iatro_governor.governor.ladder import Ladder

STANDS = np.array([0.5, 0.25])


class Ramp:
    """Takes off ``rate`` a second."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def ramp(self, anchor: np.ndarray, dt: float) -> np.ndarray:
        out: np.ndarray = anchor - self._rate * dt
        return out


class Eased:
    """Takes off a tenth of the pace."""

    def step(self, anchor: np.ndarray, pace: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
        return anchor - 0.1 * pace, pace / 2


class Stops:
    """Remembers what it is asked."""

    controlled, blind = Ramp(1.0), Ramp(8.0)

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def choose(self, mode: str, t: float, present: Any) -> Any:
        self.asked.append((mode, t, present))
        return {"base": SimpleNamespace(mode=mode)}

    def ramp(self, chosen: Any) -> Ramp:
        return Ramp(2.0)


def halting(
    smooth: bool = False, members: tuple[Any, ...] = (), unseen: tuple[str, ...] = ()
) -> tuple[Halting, Stops]:
    stops = Stops()
    outputs = SimpleNamespace(standing=STANDS, pace=np.array([1.0, 2.0]))
    eased: Any = Eased() if smooth else None
    senses, body = SimpleNamespace(unseen=unseen), SimpleNamespace(situation=lambda t, outputs: "a look")
    made = Halting(members, stops, eased, senses, [], body, outputs)  # type: ignore[arg-type]
    return made, stops


def chosen(*modes: str) -> Any:
    return {str(number): SimpleNamespace(mode=mode) for number, mode in enumerate(modes)}


def looking(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The looks at the surroundings that are handed on from now on; None: nobody may."""
    asked: list[Any] = []
    monkeypatch.setattr("iatro_governor.governor.halting.present_by", lambda limits, look: asked.append(look))
    return asked


@pytest.mark.parametrize(("hard", "mode"), [(True, "protective"), (False, "controlled")])
def test_a_hard_stop_is_the_protective_one(hard, mode):
    made, stops = halting()
    made.chosen(hard, 3.0, Ladder())
    assert stops.asked[0][:2] == (mode, 3.0)


@pytest.mark.parametrize(("fault", "looks"), [(None, True), ("loop_overrun", True), ("sensor_stale", False)])
def test_nobody_looks_at_the_surroundings_by_a_sensor_that_is_at_fault(monkeypatch, fault, looks):
    """One look too many would take what a broken sensor told last for what is there."""
    asked = looking(monkeypatch)
    made, _ = halting()
    ladder = Ladder()
    ladder.hold("ledger_half_full", 0.0, True)
    if fault is not None:
        ladder.hold(fault, 0.0, True)
    made.chosen(True, 3.0, ladder)
    (look,) = asked
    assert (look is not None) is looks and (look is None or look() == "a look")


def test_nor_before_every_source_has_spoken(monkeypatch):
    asked = looking(monkeypatch)
    made, _ = halting(unseen=("lidar",))
    made.chosen(True, 3.0, Ladder())
    assert asked == [None]


def test_a_controlled_stop_of_every_channel_is_the_one_of_the_group():
    made, _ = halting()
    output, pace = made.braked(chosen("controlled", "controlled"), 0.1)
    assert output == pytest.approx(STANDS - 0.1) and pace is None


def test_one_channel_that_stops_harder_has_each_make_its_own():
    made, _ = halting(smooth=True)
    output, pace = made.braked(chosen("controlled", "protective"), 0.1)
    assert output == pytest.approx(STANDS - 0.2) and pace is None


def test_where_jerk_is_bounded_a_controlled_stop_goes_on_from_the_pace_that_there_is():
    made, _ = halting(smooth=True)
    for output, pace in (made.braked(chosen("controlled"), 0.1), made.eased(0.1)):
        assert output == pytest.approx([0.4, 0.05]) and pace == pytest.approx([0.5, 1.0])


def test_who_knows_nothing_brakes_by_the_blind_stop():
    assert halting(smooth=True)[0].blind(0.02) == pytest.approx(STANDS - 0.16)


def test_a_stop_begins_with_what_was_asked_forgotten_and_hard_only_where_it_is_protective():
    told: list[Any] = []

    def stopping(name: str) -> Any:
        stream = SimpleNamespace(drop=lambda: told.append((name, "dropped")))
        return SimpleNamespace(
            name=name, stream=stream, chart=SimpleNamespace(halt=lambda hard: told.append((name, hard)))
        )

    made, _ = halting(members=(stopping("0"), stopping("1")))
    made.begin(chosen("controlled", "protective"))
    assert told == [("0", "dropped"), ("0", False), ("1", "dropped"), ("1", True)]
