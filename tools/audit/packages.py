"""Which packages there are: those that a lock pins, and those that are installed, with the licence that they state."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s\\;]+)", re.MULTILINE)
WORDS = 60
"""A licence field that is longer than so many characters is the licence itself, and names none."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its name as PyPI compares names, its version, what it needs, and what it states of its licence.

    ``stated`` is None where it states nothing, and of a package that is only pinned.
    """

    name: str
    version: str
    stated: str | None = None
    needs: tuple[str, ...] = ()


def locked(lock: Path) -> list[Package]:
    """What a lock pins. Raises ``ValueError`` where it pins nothing."""
    found = PINNED.findall(lock.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{lock} pins no package as NAME==VERSION; `make lock` writes it")
    return [Package(canonicalize_name(name), version) for name, version in found]


def installed(folder: Path) -> list[Package]:
    """What is installed in a site-packages folder, each once, by name. An empty folder has none."""
    found: dict[str, Package] = {}
    for each in distributions(path=[str(folder)]):
        name = canonicalize_name(each.metadata["Name"])
        found[name] = Package(name, each.version, stated(each), tuple(needs(each.requires or ())))
    for package in list(found.values()):
        standing_for = found.get(package.name.replace("ros-jazzy-", "ros-", 1))
        if standing_for is not None and package.stated is None:  # an empty package that only pins the other
            found[package.name] = replace(package, stated=standing_for.stated)
    return [found[name] for name in sorted(found)]


def stated(distribution: Distribution) -> str | None:
    """The licence by the best of what a package says: an SPDX expression, classifiers, words, ROS's package.xml."""
    if expression := first(distribution, "License-Expression"):
        return expression
    classifiers = [line for line in every(distribution, "Classifier") if line.startswith("License :: ")]
    if classifiers:
        return " and ".join(sorted(line.split(" :: ")[-1] for line in classifiers))
    words = first(distribution, "License")
    if words and words != "UNKNOWN" and len(words) <= WORDS and "\n" not in words:
        return words
    return " and ".join(sorted(set(manifests(distribution)))) or None


def every(distribution: Distribution, field: str) -> list[str]:
    """The values of a field of a package's metadata."""
    return [str(value).strip() for value in distribution.metadata.get_all(field) or ()]


def first(distribution: Distribution, field: str) -> str:
    """The value of a field that is given once; empty where it is not given."""
    return (every(distribution, field) or [""])[0]


def manifests(distribution: Distribution) -> Iterable[str]:
    """The licences in the package.xml that a wheel of a ROS package installs."""
    if not distribution.metadata["Name"].startswith("ros-"):
        return
    for path in distribution.files or ():
        if path.name == "package.xml":
            root = ElementTree.parse(str(path.locate())).getroot()
            yield from ((element.text or "").strip() for element in root.iter("license"))


def needs(requirements: Iterable[str]) -> Iterable[str]:
    """The names of those requirements that count here, extras apart."""
    for line in requirements:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)
