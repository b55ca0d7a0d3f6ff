"""What a proposal would change in the configuration, number by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from iatro_governor.errors import TrialError
from iatro_governor.limits.dosing import dosed
from iatro_governor.limits.registry import load_profile
from iatro_governor.trial.estimate.interval import rounded
from iatro_governor.trial.estimate.proposal import Tried
from iatro_governor.trial.manifest import Manifest


def difference(manifest: Manifest, proposed: Tried) -> list[dict[str, Any]]:
    """Rows of limit, key, present and proposed number, and the source of the present one.

    Raises TrialError where the profile is not the one that was tried, ProfileError where it cannot be used.
    """
    profile = load_profile(Path(manifest.profile))
    if profile.config_hash != manifest.config_hash:
        raise TrialError(
            f"{manifest.profile}: is not the configuration that was tried (its hash has changed since); run the "
            "campaign again"
        )
    rows: list[dict[str, Any]] = []
    for limit in profile.limits:
        before = limit.model_dump(mode="json")
        name = str(before["name"])
        try:
            after = dosed(limit, proposed.dose_of(name)).model_dump(mode="json")
        except ValidationError as error:
            raise TrialError(f"{name}: cannot have the dose {proposed.dose_of(name):g}: {error}") from None
        for key, was, becomes in _changes(before, after):
            rows.append(
                {"limit": name, "key": key, "present": was, "proposed": becomes, "source": before["source"]}
            )
    return rows


def _changes(before: Any, after: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in before:
            yield from _changes(before[name], after.get(name), f"{key}.{name}".lstrip("."))
    elif before != after:
        yield key, before, rounded(after) if isinstance(after, float) else after
