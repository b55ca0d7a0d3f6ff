"""The ROS-free install: review, verify, replay and trial on a laptop. The ROS package is CMakeLists.txt's."""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent
SHARE = "share/iatro_governor"

EXTRAS = {
    "arm": ["pin>=4", "coal>=3"],
    "project": ["daqp>=0.7"],
    "testimony": ["onnxruntime>=1.20"],
    "clips": ["mcap>=1.2", "mcap-ros2-support>=0.5"],
    "review": [
        "duckdb>=1",
        "fastapi>=0.115",
        "jinja2>=3.1",
        "plotly>=5.20",
        "pyarrow>=15",
        "scipy>=1.11",
        "uvicorn>=0.30",
    ],
    "planners": ["httpx>=0.27", "tenacity>=8.2"],
    "docs": ["mkdocs-material>=9.5"],
    "trial": ["distributed>=2024.1", "jinja2>=3.1", "mujoco>=3.2", "scipy>=1.11"],
    "train": ["onnx>=1.16", "scipy>=1.11"],
    "test": [
        "hypothesis>=6.100",
        "import-linter>=2",
        "mypy>=1.11",
        "playwright>=1.45",
        "pytest<8.4",
        "pytest-xdist",
        "rosbags>=0.10",
        "ruff>=0.6",
        "types-PyYAML",
    ],
}

PACKAGED = ("html", "j2", "js", "css", "xml", "json", "jsonl", "svg")


def version() -> str:
    """The version, from the one place that states it for the code."""
    text = (ROOT / "iatro_governor" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit("iatro_governor/__init__.py states no __version__")
    return found.group(1)


def shared_files() -> list[tuple[str, list[str]]]:
    """Every file of the folders that are shared, with the folder it is installed into; launch/ needs ROS 2."""
    folders: dict[str, list[str]] = {}
    for name in ("config", "models", "scenarios", "views", "worlds"):
        for path in sorted((ROOT / name).rglob("*")):
            if path.is_file():
                relative = path.relative_to(ROOT)
                folders.setdefault(f"{SHARE}/{relative.parent.as_posix()}", []).append(relative.as_posix())
    return list(folders.items())


setup(
    name="iatro_governor",
    version=version(),
    description="A safety governor between an LLM planner and a robot's actuators",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["iatro_governor", "iatro_governor.*"], exclude=["iatro_governor.nodes*"]),
    package_data={"iatro_governor": [f"**/*.{ending}" for ending in PACKAGED]},
    data_files=shared_files(),
    install_requires=["numpy>=1.26", "pydantic>=2.7", "PyYAML>=6", "rich>=13", "typer>=0.12"],
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["iatro = iatro_governor.cli.main:main"]},
)
