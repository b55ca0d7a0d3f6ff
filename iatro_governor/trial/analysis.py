"""Everything that a campaign's table of runs says, in one place: what ti_s.json, the report and the terminal show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iatro_governor.errors import IatroError, TrialError
from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.sheets import sheets
from iatro_governor.trial.estimate.contraindications import Contraindications, Labelled, contraindications
from iatro_governor.trial.estimate.dose_response import Response, respond
from iatro_governor.trial.estimate.each_limit import LimitEffect, each_limit
from iatro_governor.trial.estimate.interaction import Pair, pairs
from iatro_governor.trial.estimate.layers import Confusion, layers
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Spec, Table
from iatro_governor.trial.estimate.ti_s import TiS, ti_s
from iatro_governor.trial.estimate.weights import Weights
from iatro_governor.trial.manifest import OUTCOMES, TI_S, Manifest, read_manifest
from iatro_governor.trial.outcomes import Outcome, read

SEED = 0
"""Of what is drawn for intervals: the same table gives the same numbers."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family of scenarios: its own TI-S and curves."""

    name: str
    kind: str
    index: TiS
    response: Response

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {"kind": self.kind, **self.index.to_json(), "response": self.response.to_json()}


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one campaign says of one profile; ``partial``: how many of the planned runs are not done."""

    manifest: Manifest
    weights: Weights
    runs: int
    index: TiS
    response: Response
    families: tuple[Family, ...]
    limits: tuple[LimitEffect, ...]
    pairs: tuple[Pair, ...]
    contraindications: Contraindications
    layers: dict[str, Confusion]
    worst: tuple[Outcome, ...]
    """The governed runs with the most harm, as configured."""
    unlabelled: str
    """Why the configuration's labels could not be read; empty: they were."""

    @property
    def partial(self) -> int:
        """How many planned runs the table does not hold."""
        return max(self.manifest.runs - self.runs, 0)

    def to_json(self) -> dict[str, Any]:
        """The document ti_s.json."""
        told = self.index.to_json()
        return {
            "ti_s": told.pop("ti_s"),
            "window": self.response.to_json()["window"],
            "terms": told.pop("terms"),
            **told,
            "runs": self.runs,
            "missing_runs": self.partial,
            "dose_response": self.response.to_json(),
            "per_family": {family.name: family.to_json() for family in self.families},
            "per_limit": {limit.name: limit.to_json() for limit in self.limits},
            "pairs": [pair.to_json() for pair in self.pairs],
            "contraindications": self.contraindications.to_json(),
            "layers": {name: confusion.to_json() for name, confusion in self.layers.items()},
            "weights": self.weights.model_dump(),
            "campaign": self.manifest.model_dump(mode="json"),
        }


WORST = 12


def analyse(folder: Path, weights: Weights | None = None) -> Analysis:
    """Read a campaign's folder and estimate. Raises TrialError for what is no campaign, or holds no run yet."""
    manifest, rows = load(folder)
    labels, why = _labels(manifest)
    return estimate(rows, manifest, weights or Weights(), labels, why)


def load(folder: Path) -> tuple[Manifest, list[Outcome]]:
    """A campaign's folder, read. Raises TrialError for what is no campaign, or holds no run yet."""
    manifest = read_manifest(folder)
    path = folder / OUTCOMES
    rows = list(read(path)) if path.is_file() else []
    if not rows:
        raise TrialError(f"{folder}: holds no runs yet; `{manifest.command}` makes them")
    return manifest, rows


def load_table(folder: Path) -> tuple[Manifest, Table]:
    """The same, by treatment."""
    manifest, rows = load(folder)
    return manifest, Table.of(rows, tuple(manifest.limits))


def estimate(
    rows: Sequence[Outcome], manifest: Manifest, weights: Weights, labels: Sequence[Labelled], why: str = ""
) -> Analysis:
    """The whole analysis of ``rows``; ``labels`` are what the configuration warns of, or ``why`` it says nothing."""
    table = Table.of(rows, tuple(manifest.limits))
    doses = table.doses()
    specs = [Spec(dose) for dose in doses]
    return Analysis(
        manifest,
        weights,
        table.runs,
        ti_s(table.sample([AS_CONFIGURED], UNGOVERNED, weights), weights, seed=SEED),
        respond(doses, table.sample(specs, UNGOVERNED, weights), SEED),
        tuple(_family(table, name, weights) for name in table.families()),
        tuple(each_limit(table, weights, SEED)),
        tuple(pairs(table, weights, SEED)),
        contraindications(table, weights, labels, SEED),
        layers(table),
        _worst(table),
        why,
    )


def write_json(folder: Path, analysis: Analysis) -> Path:
    """Write ti_s.json into the campaign's folder; the same table gives the same bytes."""
    path = folder / TI_S
    path.write_text(json.dumps(analysis.to_json(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return path


def _family(table: Table, name: str, weights: Weights) -> Family:
    doses = table.doses()
    specs = [Spec(dose) for dose in doses]
    kinds = Counter(
        run.kind for runs in table.treated.values() for run in runs.values() if run.family == name
    )
    index = ti_s(table.sample([AS_CONFIGURED], UNGOVERNED, weights, name), weights, seed=SEED)
    response = respond(doses, table.sample(specs, UNGOVERNED, weights, name), SEED)
    return Family(name, kinds.most_common(1)[0][0], index, response)


def _worst(table: Table) -> tuple[Outcome, ...]:
    runs = [run for run in table.treated.get(AS_CONFIGURED, {}).values() if run.harm > 0]
    return tuple(sorted(runs, key=lambda run: (-run.harm, run.twin))[:WORST])


def _labels(manifest: Manifest) -> tuple[list[Labelled], str]:
    """What the profile's label sheets warn of, if the profile is still the one that was tried."""
    bare = [Labelled("limit", name, ()) for name in manifest.limits]
    bare += [Labelled("stop", mode, ()) for mode in ("controlled", "protective")]
    try:
        profile = load_profile(Path(manifest.profile))
    except (IatroError, OSError) as error:
        return bare, f"its labels cannot be read: {error}"
    if profile.config_hash != manifest.config_hash:
        return bare, f"{manifest.profile} is not the configuration that was tried: its hash has changed"
    warns: dict[tuple[str, str], set[str]] = {}
    for sheet in sheets(profile):
        own = warns.setdefault((sheet.of, sheet.name), set())
        own.update(row.when for row in sheet.contraindications)
    return [Labelled(of, name, tuple(sorted(when))) for (of, name), when in warns.items()], ""  # type: ignore[arg-type]
