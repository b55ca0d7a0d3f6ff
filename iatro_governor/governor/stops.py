"""How a group stops: each channel by the mode that is asked for, or by what its label puts in the place of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from iatro_governor.governor.chart import Ramp
from iatro_governor.governor.decision import StopReport
from iatro_governor.governor.predicates import Present, reason
from iatro_governor.governor.senses import Senses
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.labels import Contraindication, Mode

Chosen = Mapping[str, StopReport]
"""The stop of each channel."""
Stack = Callable[[Mapping[str, Mode]], Ramp]
"""The stop of the whole group, by the mode of each channel."""


class Stops:
    """Substitution changes the mode of a stop, and never whether there is one."""

    def __init__(self, channels: Mapping[str, AnyChannel], stack: Stack, senses: Senses) -> None:
        self._labels: dict[str, dict[str, tuple[Contraindication, ...]]] = {
            name: {mode: _contraindications(config, mode) for mode in get_args(Mode)}
            for name, config in channels.items()
        }
        self._stack, self._senses = stack, senses
        self._made: dict[tuple[Mode, ...], Ramp] = {}
        self.controlled = self._made_of(dict.fromkeys(channels, "controlled"))
        """The stop without any substitution."""
        blind = {name: labels["protective"] for name, labels in self._labels.items()}
        self.blind = self._made_of({name: _first(rows, "protective") for name, rows in blind.items()})
        """The strongest stop of whoever knows nothing: what each contraindication names may be so."""

    def choose(self, asked: Mode, t: float, present: Present) -> Chosen:
        """The stop of each channel where the ladder asks for ``asked``; ``present``: see ``predicates``."""
        return {name: self._chosen(labels[asked], asked, t, present) for name, labels in self._labels.items()}

    def ramp(self, chosen: Chosen) -> Ramp:
        """The stop of the whole group."""
        return self._made_of({name: report.mode for name, report in chosen.items()})

    def _chosen(
        self, against: tuple[Contraindication, ...], asked: Mode, t: float, present: Present
    ) -> StopReport:
        for each in against:
            if (why := reason(each, self._senses, t, present)) is not None:
                return StopReport(each.use, asked, f"{why}: {each.why}")
        return StopReport(asked)

    def _made_of(self, modes: Mapping[str, Mode]) -> Ramp:
        key = tuple(modes.values())
        if key not in self._made:
            self._made[key] = self._stack(modes)
        return self._made[key]


def _first(against: tuple[Contraindication, ...], asked: Mode) -> Mode:
    return against[0].use if against else asked


def _contraindications(config: AnyChannel, mode: str) -> tuple[Contraindication, ...]:
    label = getattr(config.stop_modes, mode).label
    return () if label is None else label.contraindications
