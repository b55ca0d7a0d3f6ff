"""Holds package.xml's keys against the rosdep database, and tools/rosdep_keys.yaml up to date: ``make rosdep-check``.

The table says, as of its date, what each key is on Jazzy and Ubuntu 24.04, and which Python packages of ours have none,
so that they come from pip. The tests use the table alone; this reads the database itself (ros/rosdistro), from the
network or from a checkout (``--from``), and writes the table again with ``--write``.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_name("rosdep_keys.yaml")
DATABASE = "https://raw.githubusercontent.com/ros/rosdistro/master/"
FILES = ("jazzy/distribution.yaml", "rosdep/base.yaml", "rosdep/python.yaml")
RELEASE = "noble"
TAGS = ("buildtool_depend", "build_depend", "depend", "exec_depend", "test_depend")
FROM_PIP = ("daqp", "mcap", "duckdb", "pyarrow", "plotly", "dask", "skl2onnx", "onnxruntime")
"""Python packages of ours that rosdep is asked for, under ``python3-NAME``, too."""
HEAD = """\
# What package.xml's keys are on ROS 2 Jazzy and Ubuntu 24.04, of ros/rosdistro. Written by `make rosdep-check WRITE=1`.
"""


def declared(package: Path) -> list[str]:
    """The keys of a package.xml, each once."""
    root = ElementTree.parse(package).getroot()
    return sorted({element.text or "" for tag in TAGS for element in root.iter(tag)})


def fetched(name: str) -> str:
    """A file of the database as it is now."""
    with urllib.request.urlopen(DATABASE + name, timeout=60) as answer:
        return str(answer.read().decode("utf-8"))


def resolved(keys: Sequence[str], read: Callable[[str], str]) -> dict[str, str | None]:
    """What each key is: a Debian package; None where the database has none for this release."""
    distribution, *rules = (yaml.safe_load(read(name)) for name in FILES)
    released: set[str] = set()
    for name, repository in distribution["repositories"].items():
        if release := repository.get("release"):
            released |= set(release.get("packages", [name]))
    return {
        key: f"ros-jazzy-{key.replace('_', '-')}" if key in released else _on_ubuntu(key, rules)
        for key in keys
    }


def _on_ubuntu(key: str, rules: Sequence[dict[str, Any]]) -> str | None:
    for rule in rules:
        if key not in rule:
            continue
        here = rule[key].get("ubuntu")
        if isinstance(here, dict):
            here = here.get(RELEASE, here.get("*"))
        if isinstance(here, dict) and "apt" in here:
            here = here["apt"].get("packages")
        if isinstance(here, list) and here:
            return " ".join(map(str, here))
    return None


def differences(now: dict[str, str | None], table: dict[str, Any]) -> list[str]:
    """Where the database and the table disagree, and what has no key, in words."""
    known: dict[str, str | None] = {**table["keys"], **dict.fromkeys(table["none"])}
    out = [
        f"{key}: rosdep has no such key"
        for key, value in now.items()
        if value is None and key in table["keys"]
    ]
    out += [f"{key}: is not in the table; it is {now[key] or 'unknown'}" for key in now if key not in known]
    out += [
        f"{key}: {value} now, {known[key] or 'none'} in the table"
        for key, value in now.items()
        if key in known and value is not None and value != known[key]
    ]
    return out


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0 where the table is true."""
    parser = argparse.ArgumentParser(prog="python -m tools.rosdep_check", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--from", dest="folder", type=Path, help="a checkout of ros/rosdistro, instead of the network"
    )
    parser.add_argument("--write", action="store_true", help="write the table as the database is now")
    parser.add_argument("--table", type=Path, default=TABLE)
    given = parser.parse_args(words)
    read = fetched if given.folder is None else lambda name: (given.folder / name).read_text(encoding="utf-8")
    try:
        now = resolved([*declared(ROOT / "package.xml"), *(f"python3-{name}" for name in FROM_PIP)], read)
    except OSError as error:
        print(f"rosdep-check: the database cannot be read: {error}", file=sys.stderr)
        return 2
    if given.write:
        keys = {key: value for key, value in now.items() if value is not None}
        none = [key for key, value in now.items() if value is None]
        table = {"dated": datetime.date.today(), "keys": keys, "none": none}
        given.table.write_text(HEAD + yaml.safe_dump(table, sort_keys=False), encoding="utf-8")
    found = differences(now, yaml.safe_load(given.table.read_text(encoding="utf-8")))
    print(*found or ["every key is what the table says"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
