"""The two robots, as their profiles have them, with times that a busy machine can keep."""

from __future__ import annotations

from pathlib import Path

import yaml

CONFIG = Path(__file__).resolve().parents[2] / "config"
PATIENCE_S = 0.6


def patient_amr(folder: Path) -> Path:
    """config/amr.yaml, its time-outs longer."""
    text = (CONFIG / "amr.yaml").read_text(encoding="utf-8")
    for short in ("timeout_s: 0.25\n", "timeout_s: 0.2\n"):
        text = text.replace(short, f"timeout_s: {PATIENCE_S}\n")
    file = folder / "amr.yaml"
    file.write_text(text)
    return file


def patient_panda(folder: Path) -> Path:
    """config/panda.yaml, its time-outs longer and its loop allowed to be late."""
    data = yaml.safe_load((CONFIG / "panda.yaml").read_text(encoding="utf-8"))
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
