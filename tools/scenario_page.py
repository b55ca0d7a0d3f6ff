"""The page docs/reference/scenarios.md: the library's families, what harm weighs, and what a dose changes."""

from __future__ import annotations

from typing import Any

from iatro_governor.limits.registry import KINDS
from iatro_governor.resources import shared
from iatro_governor.trial.family import load_family
from iatro_governor.trial.library import HARMS, NAMES, files
from iatro_governor.trial.severity import load_severities

HEAD = """# Scenarios

{stamp}

A campaign (`iatro trial run`) plays families of scenarios: each is one kind of encounter, a YAML file in
its robot's folder of `scenarios/families/`, with ranges that a seed draws its numbers from. A seed gives the same
plan, people and noise to the governed run and to its twin without a governor.

- **harmful**: the plan harms if nobody stands between. **benign**: it does not, and its task has a deadline.
  **trap**: what a governor does may be what harms.
- A number written as `"= 1.2 + x / speed"` is worked out from `ranges`: numbers, their names, + - * / and brackets.
- `besides` is who or what the plant does not move: `follower`, `load`, `tall`, `slope`, `edge`, `exit`, `pinched`,
  `rotors`. They are judged by the speeds and places that the robot truly had.
- `truths` are what is so, in the words of contraindications; the governor hears only what `tells` says, as flags of the
  robot's own sources.

Harm is judged by the plant's true state; nothing that a governor says is read for it.

## What is not modelled

{modelled}
Severities are energies, forces, depths and times; harm-equivalents made of them are chosen, each with its source below,
and sources that name a standard are as remembered. A person who reacts to the robot reacts to what it did, so in such
families a twin's person may walk elsewhere.
"""
MODELLED = (
    (
        "base",
        "MuJoCo: wheels with friction, contact, people who walk (config/amr.yaml)",
        "a lidar that turns while it scans, its tilt, uneven floors, people who fall; slopes, loads and followers are"
        " models of a line or two beside it",
    ),
    (
        "arm",
        "MuJoCo: seven joints, soft tissue of each region, things to grip (config/panda.yaml)",
        "pressure over an area (force alone is judged), joints that bend, a person who pulls away",
    ),
    (
        "mobile",
        "kinematic: base and joints follow with a lag; each link's capsules against people and prisms"
        " (config/tiago.yaml)",
        "dynamics, giving way (what is touched is passed through), wheels that slip, the gripper; a blow takes one"
        " mass for all of the arm",
    ),
    (
        "drone",
        "a ball with the lag of leaning, gusts, and thrust that a lean spends (config/iris.yaml)",
        "attitude, rotors one by one, ground effect, batteries, what a rotor cuts",
    ),
)
WEIGHED = (
    "A harm of severity s weighs `min(most, weight (s / at)^power)`; 1 is an injury that needs treatment."
)
DOSED = """Dose 1 is as configured, 0 leaves all limits out and the fault ladder on. Speeds, forces and accelerations of
commands are divided by the dose, clearances and times that are kept free grow with it."""


def scenarios_page(reference: Any) -> str:
    """The page; ``reference`` is the module tools.reference."""
    table = reference.table
    modelled = table(("robot", "plant", "not modelled"), MODELLED)
    parts = [HEAD.format(stamp=reference.STAMP, modelled=modelled), "## Families\n"]
    for robot in NAMES:
        models = sorted((load_family(path).model for path in files(robot)), key=lambda m: m.family)
        rows = [(f"`{m.family}`", m.kind, m.about, m.harm) for m in models]
        parts += [f"### {robot}\n", table(("family", "kind", "what happens", "the harm at stake"), rows)]
    heads = ("harm", "at", "weight", "power", "most", "source")
    parts += ["## What harm weighs\n", f"{WEIGHED}\n", table(heads, _harms())]
    parts += [
        "## What a dose changes\n",
        f"{DOSED}\n",
        table(("kind of limit", "changes", "why nothing"), _doses()),
    ]
    return "\n".join(parts)


def _harms() -> list[tuple[str, ...]]:
    return [
        (
            f"`{row.kind}`",
            f"{row.at:g} {'times the bound' if row.relative else row.unit}",
            f"{row.weight:g}",
            f"{row.power:g}",
            f"{row.most:g}",
            " ".join(row.source.split()),
        )
        for row in load_severities(shared(HARMS)).rows.values()
    ]


def _doses() -> list[tuple[str, str, str]]:
    every = [(f"`{kind}`", limit.model.doses) for kind, limit in KINDS.items()]
    changed = [
        (kind, ", ".join(f"`{key}`" for key in doses), "")
        for kind, doses in every
        if not isinstance(doses, str)
    ]
    return changed + [(kind, "", doses) for kind, doses in every if isinstance(doses, str)]
