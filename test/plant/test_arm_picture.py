"""A picture shows the arm and what it does to somebody; without OpenGL it says what is missing."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.plant.arm_picture import beside, png

DRAW = """
import sys
import numpy as np
from iatro_governor.errors import MissingPart
from iatro_governor.plant.arm_model import kinematics
from iatro_governor.plant.arm_picture import View, render
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.arm_world import ArmPerson, ArmWorld, BodyPart, Bound
bound = Bound(60.0, 40.0, "made up")
part = BodyPart("chest", (0.55, 0.0, 0.45), "sphere", (0.15,), 35.0, 25000.0, 3000.0, bound, "made up")
plant = ArmPlant(ArmWorld("test", people=(ArmPerson("ann", (part,)),)))
try:
    before = render(plant, View(), 160, 120)
except MissingPart as missing:
    sys.exit(f"MISSING {missing}")
for _ in range(50):
    jacobian = kinematics(plant.arm, plant.truth().position).jacobian
    plant.command("joint_velocity", (np.linalg.pinv(jacobian, 0.02) @ [0.4, 0, 0, 0, 0, 0]).tolist())
    plant.step(0.02)
after = render(plant, View(), 160, 120)
red = [int(np.sum((p[..., 0] > 90) & (p[..., 1] < 50) & (p[..., 2] < 50))) for p in (before, after)]
print(*before.shape[:2], *red, len(np.unique(before.reshape(-1, 3), axis=0)))
"""


def drawn(backend: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: MuJoCo chooses its OpenGL once, when it is first loaded."""
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"MUJOCO_GL": backend, "PYTHONPATH": root}
    return subprocess.run(
        [sys.executable, "-c", DRAW],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_struck_region_turns_red() -> None:
    result = drawn("egl")
    if "MISSING" in result.stderr:
        pytest.skip("no off-screen OpenGL (libegl1) on this machine")
    assert result.returncode == 0, result.stderr
    height, width, red_before, red_after, colours = map(int, result.stdout.split())
    assert (height, width) == (120, 160) and colours > 50
    assert red_before == 0 and red_after > 100


def test_without_opengl_it_says_what_to_install() -> None:
    result = drawn("disable")
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert "MUJOCO_GL=egl" in result.stderr and "libegl1" in result.stderr


def test_a_png_holds_the_pixels() -> None:
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    data = png(pixels)
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR"
    assert struct.unpack(">II", data[16:24]) == (3, 2)
    length = struct.unpack(">I", data[33:37])[0]
    rows = zlib.decompress(data[41 : 41 + length])
    assert rows == b"\0" + pixels[0].tobytes() + b"\0" + pixels[1].tobytes()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ScenarioError, match="uint8"):
        png(np.zeros((2, 2, 3)))


def test_pictures_stand_beside_each_other_with_a_gap() -> None:
    row = beside([np.zeros((4, 5, 3), np.uint8), np.ones((4, 6, 3), np.uint8)], gap=2)
    assert row.shape == (4, 13, 3) and np.all(row[:, 5:7] == 255) and row[0, 0, 0] == 0 and row[0, 12, 0] == 1
