"""Draws docs/images/arm.svg: an arm with and without a governor, at the same moment of the same plan.

Run: MUJOCO_GL=egl python -m tools.arm_picture (needs off-screen OpenGL: libegl1 or libosmesa6).
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import numpy as np

from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.plant.arm_picture import View, png, render
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.resources import shared
from iatro_governor.trial.arm_run import ungoverned, world_at
from iatro_governor.trial.arm_scenario import load

SCENARIO = "scenarios/arm_press.yaml"
REGION = "ann/forearm"
VIEW = View(azimuth=-118.0, elevation=-20.0, distance=1.25, at=(0.48, 0.18, 0.17))
WIDTH, HEIGHT, GAP, FOOT = 480, 400, 12, 58
INK, RED, GREY = "#222", "#c11f1a", "#666"


def main(out: Path) -> None:
    """Draw both at that moment, and say what is felt then."""
    t, plants = moment()
    out.write_text(picture(plants, t), encoding="utf-8")
    for name, plant in plants.items():
        print(f"{name}: {plant.truth().forces[REGION].now:.0f} N on {REGION} at {t:.2f} s")


def moment() -> tuple[float, dict[str, ArmPlant]]:
    """When (s) the force is greatest without a governor, and the arm at that moment without and with one."""
    scenario = load(shared(SCENARIO))
    trace = ungoverned(scenario).trace
    force = trace.force[:, trace.regions.index(REGION)]
    t = float(trace.t[int(np.argmax(force))])
    governor = Governor(load_profile(shared("config/panda.yaml")))
    return t, {"ungoverned": world_at(scenario, t), "governed": world_at(scenario, t, governor=governor)}


def picture(plants: dict[str, ArmPlant], t: float) -> str:
    """Both, side by side, with what the forearm feels."""
    whole = 2 * WIDTH + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {HEIGHT + FOOT}" font-family="sans-serif">',
        f'<rect width="{whole}" height="{HEIGHT + FOOT}" fill="#fff"/>',
    ]
    for column, (name, plant) in enumerate(plants.items()):
        data = base64.b64encode(png(render(plant, VIEW, WIDTH, HEIGHT))).decode()
        x = column * (WIDTH + GAP)
        felt, bound = plant.truth().forces[REGION].now, _bound(plant)
        colour = RED if felt > bound else INK
        parts += [
            f'<image x="{x}" width="{WIDTH}" height="{HEIGHT}" href="data:image/png;base64,{data}"/>',
            f'<text x="{x + 6}" y="{HEIGHT + 24}" font-size="20" fill="{INK}">{name}, {t:.1f} s into the plan</text>',
            f'<text x="{x + 6}" y="{HEIGHT + 48}" font-size="18" fill="{colour}">{felt:.0f} N on the forearm'
            f'<tspan fill="{GREY}">, harm begins at {bound:.0f} N</tspan></text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _bound(plant: ArmPlant) -> float:
    for person in plant.world.people:
        for part in person.parts:
            if f"{person.name}/{part.region}" == REGION:
                return part.bound.peak
    raise SystemExit(f"nobody has a region {REGION}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images/arm.svg"))
