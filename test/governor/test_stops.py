"""Which stop is taken for which, and on whose word: with stubs for the sources and labels made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from iatro_governor.governor.predicates import reason
from iatro_governor.governor.stops import Stops
from iatro_governor.profile.labels import Contraindication

SENSES: Any = SimpleNamespace(
    sources={"flags": SimpleNamespace(timeout_s=0.25)},
    flags={"flags": (1.0, {"payload_held": True, "on_slope": False})},
)


def against(when: str, use: str = "controlled", told_by: str | None = "flags") -> Contraindication:
    made = {"when": when, "told_by": told_by, "use": use, "why": f"it is {when}", "source": "a test"}
    return Contraindication.model_validate({key: value for key, value in made.items() if value is not None})


def present(name: str) -> bool | None:
    """Of the limits `hall`, `yard` and `moon`: here, not there, and nobody knows."""
    return {"hall": True, "yard": False, "wrist": True, "moon": None}[name]


@pytest.mark.parametrize(
    ("of", "t", "why"),
    [
        (against("payload_held"), 1.25, "payload_held by source flags"),
        (against("on_slope"), 1.25, None),
        (against("airborne"), 1.25, "airborne is unknown, source flags does not tell"),
        (against("on_slope"), 1.2501, "on_slope is unknown, source flags does not tell"),
        (against("contact", told_by="wrist"), 1.0, "contact by limit wrist"),
        (against("contact", told_by="yard"), 1.0, None),
        (against("contact", told_by="moon"), 1.0, "contact is unknown, limit moon does not tell"),
        (against("in_zone(hall)", told_by=None), 1.0, "in_zone(hall) by limit hall"),
        (against("in_zone(yard)", told_by=None), 1.0, None),
        (against("in_zone(moon)", told_by=None), 1.0, "in_zone(moon) is unknown, limit moon does not tell"),
    ],
)
def test_what_nobody_who_is_trusted_denies_counts_as_so(of, t, why):
    assert reason(of, SENSES, t, present) == why


def channel(
    controlled: tuple[Contraindication, ...] = (), protective: tuple[Contraindication, ...] | None = None
) -> Any:
    """One whose protective mode has no label where that is None."""

    def mode(rows: tuple[Contraindication, ...] | None) -> Any:
        return SimpleNamespace(label=None if rows is None else SimpleNamespace(contraindications=rows))

    return SimpleNamespace(
        stop_modes=SimpleNamespace(controlled=mode(controlled), protective=mode(protective))
    )


class Made:
    """Stops of two channels, of which `arm` has contraindications; ``stacked``: the modes of each that was made."""

    def __init__(self) -> None:
        self.stacked: list[dict[str, str]] = []
        arm = channel(
            protective=(against("on_slope"), against("payload_held"), against("in_zone(hall)", told_by=None))
        )
        stack: Any = self._stack
        self.stops = Stops({"base": channel(), "arm": arm}, stack, SENSES)

    def _stack(self, modes: Any) -> Any:
        self.stacked.append(dict(modes))
        return dict(modes)

    def choose(self, mode: Any, t: float = 1.0) -> dict[str, tuple[Any, ...]]:
        chosen = self.stops.choose(mode, t, present)
        return {name: (report.mode, report.replaced, report.why) for name, report in chosen.items()}


def test_without_any_substitution_every_channel_stops_by_the_controlled_mode():
    assert Made().stops.controlled == {"base": "controlled", "arm": "controlled"}


def test_who_knows_nothing_takes_whatever_may_be_so_for_so():
    assert Made().stops.blind == {"base": "protective", "arm": "controlled"}


def test_one_thing_that_may_be_so_is_enough():
    lift = channel(protective=(against("on_slope"),))
    stack: Any = dict
    assert Stops({"lift": lift}, stack, SENSES).blind == {"lift": "controlled"}


def test_the_first_contraindication_that_is_so_takes_the_place_of_the_mode():
    made = Made()
    assert made.choose("controlled") == {
        "base": ("controlled", None, ""),
        "arm": ("controlled", None, ""),
    }
    why = "payload_held by source flags: it is payload_held"
    assert made.choose("protective") == {
        "base": ("protective", None, ""),
        "arm": ("controlled", "protective", why),
    }


def test_the_stop_of_the_group_is_made_once_for_the_same_modes():
    made = Made()
    chosen = made.stops.choose("protective", 1.0, present)
    assert made.stops.ramp(chosen) is made.stops.blind
    other = made.stops.choose("controlled", 1.0, present)
    assert made.stops.ramp(other) is made.stops.controlled and len(made.stacked) == 2
