"""A picture of the arm and the people at its table as it stands now, rendered off screen, and written as PNG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np

from iatro_governor.errors import MissingPart, ScenarioError
from iatro_governor.plant.arm_model import Point3
from iatro_governor.plant.arm_simulation import ArmPlant, Push

ARROW_M_PER_N = 0.001
RED = np.array([0.80, 0.12, 0.10, 1.0], dtype=np.float32)
LEAST_N = 2.0
ARROW_RADIUS = 0.008


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera looks from: ``azimuth`` and ``elevation`` in degrees, ``distance`` (m) to ``at`` (m)."""

    azimuth: float = 125.0
    elevation: float = -18.0
    distance: float = 1.75
    at: Point3 = (0.42, 0.0, 0.22)


def render(plant: ArmPlant, view: View | None = None, width: int = 640, height: int = 480) -> np.ndarray:
    """The scene as RGB, uint8, shape (height, width, 3), with a red arrow for the force on each region; a
    region over its bound is red itself.

    An arrow of 10 cm is 100 N. Raises MissingPart where no off-screen OpenGL is to be had: MUJOCO_GL chooses between
    egl and osmesa, which Debian has as libegl1 and libosmesa6.
    """
    view = view or View()
    camera = mujoco.MjvCamera()
    camera.type = mujoco.mjtCamera.mjCAMERA_FREE
    camera.azimuth, camera.elevation, camera.distance = view.azimuth, view.elevation, view.distance
    camera.lookat[:] = view.at
    try:
        renderer = mujoco.Renderer(plant.model, height, width)
    except Exception as error:  # each backend fails in its own way, down to AttributeError
        raise MissingPart(
            f"no off-screen OpenGL for a picture ({error}): set MUJOCO_GL=egl or MUJOCO_GL=osmesa before the start, "
            "and install libegl1 or libosmesa6"
        ) from error
    with renderer:
        renderer.update_scene(plant.data, camera)
        for name, push in plant.pushes().items():
            _arrow(renderer.scene, push)
            if float(np.linalg.norm(push.force)) > push.bound:
                _redden(renderer.scene, plant.model.geom(f"{name}/tissue").id)
        return np.asarray(renderer.render())


def png(pixels: np.ndarray) -> bytes:
    """``pixels`` (height, width, 3) uint8 as a PNG file. Raises ScenarioError for another shape or type."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ScenarioError(f"a picture is (height, width, 3) of uint8, got {pixels.shape} of {pixels.dtype}")
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each row begins with its filter, 0: none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body)
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    )


def beside(pictures: Sequence[np.ndarray], gap: int = 8) -> np.ndarray:
    """Pictures of one height in a row, with a white gap of so many pixels between them."""
    white = np.full((pictures[0].shape[0], gap, 3), 255, dtype=np.uint8)
    row = [part for picture in pictures for part in (picture, white)]
    return np.hstack(row[:-1])


def _arrow(scene: mujoco.MjvScene, push: Push) -> None:
    if float(np.linalg.norm(push.force)) < LEAST_N or scene.ngeom >= scene.maxgeom:
        return
    geom, kind = scene.geoms[scene.ngeom], mujoco.mjtGeom.mjGEOM_ARROW
    mujoco.mjv_initGeom(geom, kind, np.zeros(3), np.zeros(3), np.eye(3).ravel(), RED)
    mujoco.mjv_connector(geom, kind, ARROW_RADIUS, push.point - ARROW_M_PER_N * push.force, push.point)
    scene.ngeom += 1


def _redden(scene: mujoco.MjvScene, geom: int) -> None:
    for drawn in scene.geoms[: scene.ngeom]:
        if drawn.objtype == mujoco.mjtObj.mjOBJ_GEOM and drawn.objid in (
            geom,
            geom - 1,
        ):  # bone and tissue coincide
            drawn.rgba[:] = RED


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
