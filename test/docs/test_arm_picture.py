"""What the README says of the arm's picture, and the picture itself, are what the simulation gives."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from test.body.arm.conftest import robots_folder

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
ROOT = Path(__file__).parents[2]
NEAR = 2.0
"""N by which another processor's arithmetic may differ at a stiff contact."""
DRAW = """
import sys
from pathlib import Path
from iatro_governor.errors import MissingPart
from tools.arm_picture import main
try:
    main(Path(sys.argv[1]))
except MissingPart as missing:
    sys.exit(f"MISSING {missing}")
"""


@pytest.fixture(scope="module")
def felt() -> dict[str, float]:
    """N on the forearm without and with a governor; ``t``: at which second. No picture is drawn."""
    tool = importlib.import_module("tools.arm_picture")
    t, plants = tool.moment()
    return {"t": t} | {name: plant.truth().forces[tool.REGION].now for name, plant in plants.items()}


def told(svg: str) -> list[float]:
    """The forces that a picture names, ungoverned first."""
    return [float(number) for number in re.findall(r">(\d+) N on the forearm<", svg)]


def test_the_readme_tells_the_forces_of_the_simulation(felt: dict[str, float]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (said,) = re.findall(
        r"!\[Ungoverned, .* with (\d+) N; governed, .* touches nobody\]\(docs/images/arm.svg\)", readme
    )
    assert float(said) == pytest.approx(felt["ungoverned"], abs=NEAR)
    assert felt["governed"] == 0.0


def test_the_picture_shows_them_at_that_moment(felt: dict[str, float]) -> None:
    svg = (ROOT / "docs/images/arm.svg").read_text(encoding="utf-8")
    assert told(svg) == pytest.approx([felt["ungoverned"], 0.0], abs=NEAR)
    assert svg.count(f"{felt['t']:.1f} s into the plan") == 2


def test_the_tool_draws_it(felt: dict[str, float], tmp_path: Path) -> None:
    """In a process of its own: MuJoCo chooses its OpenGL once, when it is first loaded."""
    environment = os.environ | {"MUJOCO_GL": "egl", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", DRAW, str(tmp_path / "arm.svg")],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if "MISSING" in result.stderr:
        pytest.skip("no off-screen OpenGL (libegl1) on this machine")
    assert result.returncode == 0, result.stderr
    svg = (tmp_path / "arm.svg").read_text(encoding="utf-8")
    assert told(svg) == pytest.approx([felt["ungoverned"], felt["governed"]], abs=1.0)
    assert svg.count("data:image/png;base64,") == 2
