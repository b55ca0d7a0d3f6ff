"""Random robots' surroundings: where they start, and solid volumes that they could run into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from iatro_governor.body.distance import self_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import Options, load_meshes
from iatro_governor.body.meshes import LinkMeshes
from iatro_governor.body.model import ArmModel
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.body.volumes import Ball, BoxVolume, CapsuleVolume, Volume
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.body_model import base_of
from iatro_governor.profile.volumes import Volume3
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.moving import OWN, shipped

HOME = {
    "panda": [0.0, -0.5, 0.0, -2.2, 0.0, 1.8, 0.7],
    "ur5": [0.0, -1.3, 1.4, -1.2, -1.5, 0.0],
    "tiago": [0.0, 0.0, 0.0, 0.2, 1.4, 0.3, -1.0, 1.2, 0.0, 0.3, 0.0, 0.0, 0.0],
    "iris": [0.0, 0.0, 3.0, 0.0],
}
"""A posture with room on all sides."""
SPREAD = {"panda": 0.6, "ur5": 0.8, "tiago": 0.5, "iris": 1.0}


def kept_links(name: str) -> list[str]:
    """Links with a shape that move against the ground."""
    model = shipped(name).body
    assert model is not None
    moving = model.capsule_link[model.capsule_body > 0]
    return list(dict.fromkeys(model.links[link] for link in moving))


def kept_capsules(name: str) -> np.ndarray:
    """Their capsules."""
    model = shipped(name).body
    assert model is not None
    return np.flatnonzero(model.capsule_body > 0)


def start(name: str, rng: np.random.Generator) -> np.ndarray:
    """A random posture (m,) around home in which no two links are near each other, and no joint near its end."""
    model = shipped(name).body
    assert model is not None
    home = np.array(HOME[name])
    while True:
        q = home + rng.uniform(-1, 1, len(home)) * SPREAD[name]
        inside = (q > model.lower + 0.05) & (q < model.upper - 0.05)
        q = np.where(inside, q, home)
        if not len(model.pairs) or self_distance(posture(model, q)).min() > 0.03:
            return q


@dataclass(frozen=True)
class Around:
    """Solid volumes, and the rows of a profile that keep every moving link out of them."""

    volumes: Sequence[Volume]
    rows: Sequence[dict[str, Any]]


@cache
def meshes(name: str) -> LinkMeshes:
    """The links' own surfaces."""
    profile = load_profile(shared(f"config/{name}.yaml"))
    part, body = profile.data.robot.model, profile.body
    folder = robots_folder()
    assert part is not None and part.urdf is not None and body is not None and folder is not None
    path = folder / part.urdf.removeprefix("package://example-robot-data/robots/")
    options = Options(
        shapes=part.shapes,
        package_dirs=[folder.parents[1]],
        base=base_of(profile),
        frame=profile.data.robot.base_frame,
    )
    return load_meshes(path.read_text(), body, options, base=path.parent)


def surfaces(name: str, volumes: Sequence[Volume], q: np.ndarray) -> np.ndarray:
    """Distances of the surfaces of moving links at ``q`` (m,) from balls, rods and boxes, m; 0 where they touch."""
    of = meshes(name)
    now = posture(of.model, q)
    moving = [number for number, part in enumerate(of.parts) if of.model.link_body[part.link] > 0]
    out = []
    for volume in volumes:
        if isinstance(volume, BoxVolume):
            found = of.to_boxes(now, volume.boxes)
        elif isinstance(volume, Ball):
            found = of.to_capsules(
                now, np.stack([volume.centre, volume.centre])[None], np.array([volume.radius])
            )
        else:
            assert isinstance(volume, CapsuleVolume)
            found = of.to_capsules(now, volume.ends[None], np.array([volume.radius]))
        out.append(found[moving, 0])
    return np.array(out)


def around(
    name: str,
    q: np.ndarray,
    rng: np.random.Generator,
    count: int = 3,
    margin: float = 0.01,
    apart: float = 0.03,
    prisms: bool = True,
) -> Around:
    """``count`` boxes, balls, rods and prisms that the robot can reach from ``q``, each at least ``apart`` m away."""
    model = shipped(name).body
    assert model is not None
    which = kept_capsules(name)
    here, radius = posture(model, q).capsules()[which], model.capsule_radius[which]
    volumes: list[Volume] = []
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        figure = _figure(_target(model, q, rng, which, SPREAD[name]), rng, name, 4 if prisms else 3)
        volume = Volume3.model_validate(figure).volume()
        if float(VolumeSet([volume]).distance(here, radius).min()) < margin + apart:
            continue
        volumes.append(volume)
        rows.append(
            {
                "name": f"volume_{len(rows)}",
                "kind": "link_zone",
                "channel": OWN[name][-1],
                "volume": figure,
                "links": kept_links(name),
                "margin": margin,
            }
        )
    return Around(volumes, rows)


def in_the_way(
    name: str, q: np.ndarray, course: np.ndarray, others: Around, margin: float, apart: float = 0.03
) -> Around:
    """Volumes of ``others``, and a ball where ``course`` (k, m) leads furthest from what it filled at ``q``."""
    model, which = shipped(name).body, kept_capsules(name)
    assert model is not None
    here = zip(posture(model, q).capsules()[which], model.capsule_radius[which], strict=True)
    robot = VolumeSet([CapsuleVolume(ends, float(radius)) for ends, radius in here])
    points = posture(model, course[::5]).capsules()[:, which].reshape(-1, 3)
    away = robot.distance(np.stack([points, points], axis=1), np.zeros(len(points))).min(axis=-1)
    furthest = int(away.argmax())
    radius = min(float(away[furthest]) - margin - apart, 0.15)
    assert radius > 0.0, "this course leads nowhere"
    figure = {"sphere": {"centre": points[furthest].tolist(), "radius": radius}}
    ball = {**others.rows[0], "name": "in_the_way", "volume": figure}
    return Around([*others.volumes, Volume3.model_validate(figure).volume()], [*others.rows, ball])


def _target(
    model: ArmModel, q: np.ndarray, rng: np.random.Generator, which: np.ndarray, spread: float
) -> np.ndarray:
    """A place that some capsule can get to."""
    there = np.clip(q + rng.uniform(-2, 2, len(q)) * spread, model.lower, model.upper)
    ends = posture(model, there).capsules()[rng.choice(which)]
    share = rng.uniform()
    place: np.ndarray = ends[0] + share * (ends[1] - ends[0])
    return place


def _figure(at: np.ndarray, rng: np.random.Generator, name: str, kinds: int) -> dict[str, Any]:
    scale = 2.0 if name == "iris" else 1.0
    place = [float(value) for value in at]
    match int(rng.integers(kinds)):
        case 0:
            return {"sphere": {"centre": place, "radius": float(rng.uniform(0.03, 0.2) * scale)}}
        case 1:
            size = [float(value) for value in rng.uniform(0.02, 0.5, 3) * scale]
            turn = [float(value) for value in rng.uniform(-3, 3, 3)]
            return {"box": {"size": size, "pose": [*place, *turn]}}
        case 2:
            end = [float(value) for value in at + rng.normal(size=3) * 0.3 * scale]
            return {"capsule": {"start": place, "end": end, "radius": float(rng.uniform(0.02, 0.1) * scale)}}
    corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [0.2, 0.3], [-1.0, 1.0]]
    half = float(rng.uniform(0.06, 0.25)) * scale
    outline = [[place[0] + half * x, place[1] + half * y] for x, y in corners]
    low, high = sorted(float(value) for value in place[2] + rng.uniform(-0.3, 0.3, 2) * scale)
    return {"prism": {"corners": outline, "low": low, "high": high + 0.02}}
