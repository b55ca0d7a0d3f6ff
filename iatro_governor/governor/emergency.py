"""Emergency stop inputs: pressed until released, and what silence of one means."""

from __future__ import annotations

from collections.abc import Mapping

from iatro_governor.governor.decision import Latch
from iatro_governor.governor.events import EStop
from iatro_governor.governor.ladder import Ladder
from iatro_governor.profile.sources import EstopSource, SourceConfig


class EmergencyStops:
    """All emergency stop inputs of a robot. One that nobody declared stops the robot as well."""

    def __init__(self, sources: Mapping[str, SourceConfig], latch: Latch | None = None) -> None:
        """``latch``: the one that stood before a restart."""
        self._declared = {name: s for name, s in sources.items() if isinstance(s, EstopSource)}
        self._heard: dict[str, float] = {}
        self.pressed = self._behind(latch)
        """The inputs that the latch comes from, or may come from."""

    def _behind(self, latch: Latch | None) -> set[str]:
        """Which inputs made ``latch``: all of them, where it names none, or one that nobody declares any more."""
        if latch is None or "estop" not in latch.causes:
            return set()
        named = set(latch.pressed)
        return named if named and named <= self._declared.keys() else set(self._declared)

    def take(self, event: EStop, ladder: Ladder) -> list[str]:
        """Press or release one input; returns the declared inputs that spoke.

        One that does not say which it is presses all of them, and releases none of several.
        """
        name = event.source
        if name is None and len(self._declared) == 1:
            name = next(iter(self._declared))
        spoke = [known for known in self._declared if known == name or (name is None and event.pressed)]
        for known in spoke:
            self._heard[known] = event.t
        if event.pressed:
            self.pressed.update(spoke if name is None else [name])
        called = "the emergency stop" if name is None else f"the emergency stop {name}"
        told = f"{called} is pressed or was, until a signed reset"
        ladder.hold("estop", event.t, event.pressed, told, name or "")
        return spoke

    def watch(self, t: float, ladder: Ladder) -> None:
        """Press, at ``t``, what has fallen silent and says by that that it is pressed."""
        for name, source in self._declared.items():
            heard = self._heard.get(name)
            if source.stale_is_pressed and heard is not None and t - heard > source.timeout_s + 1e-9:
                told = f"the emergency stop {name} was silent for over {source.timeout_s} s, as if pressed"
                ladder.hold("estop", t, True, f"{told}, until a signed reset", name)
                self.pressed.add(name)

    def release(self) -> None:
        """A signed reset was accepted."""
        self.pressed.clear()

    @property
    def unheard(self) -> list[str]:
        """Inputs that have to speak before a reset and have not yet: required ones, and those that latched."""
        return [
            name
            for name, s in self._declared.items()
            if (s.required or name in self.pressed) and name not in self._heard
        ]
