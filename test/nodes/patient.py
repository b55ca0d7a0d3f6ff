"""The bench's arm, as its profile has it, with times that a busy machine can keep."""

from __future__ import annotations

from pathlib import Path

import yaml

PANDA = Path(__file__).resolve().parents[2] / "config" / "panda.yaml"
PATIENCE_S = 0.6


def patient_panda(folder: Path) -> Path:
    """config/panda.yaml, its time-outs longer and its loop allowed to be late."""
    data = yaml.safe_load(PANDA.read_text(encoding="utf-8"))
    data["loop"]["max_gap_s"] = 1.0
    for source in data["sources"].values():
        source["timeout_s"] = PATIENCE_S
    for channel in data["channels"].values():
        channel["command_timeout_s"] = PATIENCE_S
        if (
            "tracking_tolerance" in channel
        ):  # a plant that cannot keep up with the clock lags behind its trajectory
            channel["tracking_tolerance"] = 0.5
    file = folder / "panda.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False))
    return file
