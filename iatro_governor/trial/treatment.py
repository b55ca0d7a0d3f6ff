"""A profile at a dose: the same robot with stricter or laxer limits, or without some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from iatro_governor.errors import TrialError
from iatro_governor.limits import dosing
from iatro_governor.limits.dosing import dosed
from iatro_governor.profile.base import Part
from iatro_governor.profile.load import Profile, config_hash


@dataclass(frozen=True, slots=True)
class Treatment:
    """``dose`` of all limits that are not ``off``; ``doses``: of those that differ from it; ungoverned: nobody between.

    Dose 0 leaves every limit out and the fault ladder on: time-outs, malformed commands and stops still count.
    """

    dose: float
    off: tuple[str, ...] = ()
    doses: Mapping[str, float] = field(default_factory=dict)
    governed: bool = True

    @property
    def key(self) -> str:
        """A text that is the same for the same treatment alone."""
        each = ",".join(f"{name}={dose!r}" for name, dose in sorted(self.doses.items()))
        return f"{self.governed}|{self.dose!r}|{','.join(self.off)}|{each}"


UNGOVERNED = Treatment(0.0, governed=False)


def names(profile: Profile) -> dict[str, str]:
    """The limits of ``profile``, name to kind, in its order."""
    return {limit.name: limit.kind for limit in profile.limits}  # type: ignore[attr-defined]


def doseable(profile: Profile) -> tuple[str, ...]:
    """The limits that a dose changes, and that can be left out."""
    return tuple(limit.name for limit in profile.limits if dosing.doseable(limit))  # type: ignore[attr-defined]


def checked(profile: Profile, limits: Iterable[str]) -> tuple[str, ...]:
    """``limits``, sorted. Raises TrialError for a name that is no limit that a dose changes."""
    wanted, known = tuple(sorted(set(limits))), doseable(profile)
    if unknown := [name for name in wanted if name not in known]:
        raise TrialError(
            f"{profile.file}: no such limit to leave out: {', '.join(unknown)}; there are: {', '.join(known)}"
        )
    return wanted


def treated(profile: Profile, treatment: Treatment) -> Profile:
    """``profile`` under ``treatment``, with a hash of its own.

    Raises TrialError where a number at this dose is none that its limit takes.
    """
    limits: list[Part] = []
    for limit in profile.limits:
        name: str = limit.name  # type: ignore[attr-defined]
        dose = treatment.doses.get(name, treatment.dose)
        if dose == 0.0 or name in treatment.off:
            continue
        try:
            limits.append(dosed(limit, dose))
        except ValidationError as error:
            why = error.errors(include_url=False)[0]["msg"]
            raise TrialError(
                f"{profile.file}: {name} cannot have the dose {dose:g}: {why}; take another dose"
            ) from None
    return replace(profile, limits=tuple(limits), config_hash=config_hash(profile.data, limits))
