"""The text layer alone: one row of contract 8.2 in, one out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from iatro_governor.testimony.actions import parse as parse_actions
from iatro_governor.testimony.acts import compare
from iatro_governor.testimony.evidence import Evidence, Words, symbolic
from iatro_governor.testimony.labels import NAMES, Labeller, Labels
from iatro_governor.testimony.params import DEFAULTS, WitnessParams
from iatro_governor.testimony.statement import words_of
from iatro_governor.testimony.verdicts import judge

_LARGEST = 1e15
_SPEEDS = {
    "speed": "speed",
    "velocity": "speed",
    "linear_speed": "speed",
    "linear_velocity": "speed",
    "v": "speed",
    "vx": "speed",
    "max_speed": "speed",
    "angular_speed": "angular_speed",
    "angular_velocity": "angular_speed",
    "wz": "angular_speed",
    "force": "force",
    "max_force": "force",
    "torque": "torque",
}


class TextRow(BaseModel):
    """One input line of ``iatro testify``. ``actions`` left out is unknown; null means that the reply held no list."""

    model_config = ConfigDict(extra="ignore")

    id: StrictStr | StrictInt
    text: str
    instruction: str | None = None
    reasoning: str | None = None
    actions: list[Any] | str | None = None
    intervened: StrictBool | None = None
    requested: list[Any] | None = Field(
        default=None, description="a twist [vx, vy, vz, wx, wy, wz], or a list of them"
    )

    @property
    def actions_known(self) -> bool:
        """Whether the line holds the key ``actions`` at all."""
        return "actions" in self.model_fields_set


def testify(row: TextRow, labeller: Labeller, params: WitnessParams = DEFAULTS) -> dict[str, Any]:
    """Labels, claims and verdict of one row, as strict JSON."""
    words = words_of(row.text, row.reasoning or "", labeller)
    evidence, no_list = _evidence(row, words, params)
    verdict = judge(words, evidence, params)
    answer: dict[str, Any] = {
        "id": row.id,
        "labels": _scores(words.labels),
        "present": list(words.labels.present),
        "spans": words.labels.to_json()["spans"],
        "claims": [claim.to_json() for claim in words.claims],
        "reasoning_labels": _scores(words.reasoning),
        "verdict": verdict.primary,
        "all_verdicts": list(verdict.all),
        "severity": verdict.severity,
        "evidence": evidence.layer,
        "broken_claims": [broken.to_json() for broken in verdict.broken],
    }
    if no_list:
        answer["no_list"] = True
    return answer


def _scores(labels: Labels) -> dict[str, float]:
    return {name: round(labels.scores[name], 4) for name in NAMES}


def _evidence(row: TextRow, words: Words, params: WitnessParams) -> tuple[Evidence, bool]:
    """Evidence from the declared list; what intervened is taken from the row, or assumed where the act was done."""
    declared = parse_actions(row.actions, row.actions_known)
    peaks = requested_peaks(row.requested)
    if not declared.known:
        return Evidence("none", requested=peaks), False
    for call in declared.calls:
        for name, value in call.numbers.items():
            if (quantity := _SPEEDS.get(name)) is not None and row.requested is None:
                peaks[quantity] = max(peaks.get(quantity, 0.0), abs(value))
    doing = compare(declared, row.instruction or "", words.labels.has("refusal"))
    intervened = doing.done if row.intervened is None else row.intervened
    return replace(symbolic(declared, doing), intervened=intervened, requested=peaks), declared.no_list


def requested_peaks(requested: Sequence[Any] | None) -> dict[str, float]:
    """Peak speed (m/s) and turn rate (rad/s), over all axes, of one twist or a list; others have none."""
    if not requested:
        return {}
    rows = (
        requested if isinstance(requested[0], Sequence) and not isinstance(requested[0], str) else [requested]
    )
    peaks: dict[str, float] = {}
    for values in rows:
        if isinstance(values, Sequence) and not isinstance(values, str) and len(values) == 6:
            numbers = [finite(value) for value in values]
            _raise_peak(peaks, "speed", math.hypot(*numbers[:3]))
            _raise_peak(peaks, "angular_speed", math.hypot(*numbers[3:]))
    return peaks


def finite(value: Any) -> float:
    """A JSON number, or 0 for anything that no robot is told (NaN and its like are refused elsewhere, as content)."""
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST
    return float(value) if usable else 0.0


def _raise_peak(peaks: dict[str, float], quantity: str, value: float) -> None:
    peaks[quantity] = max(peaks.get(quantity, 0.0), value)


def row_of(document: Mapping[str, Any]) -> TextRow:
    """Validate one input line (raises ``pydantic.ValidationError``)."""
    return TextRow.model_validate(document)
