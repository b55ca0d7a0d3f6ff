"""What the project depends on, looked at without a network: ``make audit``.

Every package that a lock pins or that is installed is held against the licences that licences.yaml allows, and every
version against the vulnerabilities of advisories.yaml, which is kept by hand and says as of when. What is installed is
written as a bill of materials, out/audit/bill.cdx.json. Exit 0: all is in order; 1: something is not, each on a line.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import yaml
from packaging.utils import canonicalize_name

from . import advisories, licences
from .bill import bill
from .packages import Package, installed, locked

ROOT = Path(__file__).resolve().parents[2]
ROBOT, WHEELS, PEERS = (ROOT / f"requirements-{name}.txt" for name in ("robot", "wheels", "peers"))
ASKED = ROOT / "tools" / "requirements"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
OWN = "iatro-governor"


def here() -> list[Package]:
    """What is installed in this environment. What ROS's wheels say of the packages inside them is said once."""
    found = {package.name: package for package in installed(Path(sysconfig.get_path("purelib")))}
    return [package for name, package in found.items() if name != OWN and f"ros-{name}" not in found]


def today() -> datetime.date:
    """The day, in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


def audit(packages: Sequence[Package], day: datetime.date) -> list[str]:
    """Everything that is wrong. Raises ``ValueError`` where a table or a lock cannot be read."""
    robot, wheels, peers = locked(ROBOT), locked(WHEELS), locked(PEERS)
    wanted = [*(robot if os.environ.get("ROS_DISTRO") else wheels), *peers]
    every = [*robot, *wheels, *peers]
    of_licences = licences.findings(wanted, packages, every, licences.policy())
    return [*of_licences, *advisories.findings(every, advisories.known(), day, packages)]


def written(packages: Sequence[Package], folder: Path) -> Path:
    """The file of the bill of materials, newly made."""
    rules = licences.policy()
    under = {package.name: licences.licence(package, rules) for package in packages}
    known = {name: licence for name, licence in under.items() if licence} | {OWN: "Apache-2.0"}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bill.cdx.json"
    path.write_text(bill(own(), directly(), packages, known), encoding="utf-8")
    return path


def own() -> Package:
    """The project itself."""
    text = (ROOT / "iatro_governor" / "__init__.py").read_text(encoding="utf-8")
    return Package(OWN, re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)[0])


def directly() -> list[str]:
    """The packages that are asked for by name; the locks hold what these need, too."""
    asked = [path for path in sorted(ASKED.glob("*.in")) if path.stem != "peers"]
    lines = (line for path in asked for line in path.read_text(encoding="utf-8").splitlines())
    return [canonicalize_name(name[0]) for line in lines if (name := NAME.match(line))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Look, write the bill, say what is wrong; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "audit")
    folder = parser.parse_args(arguments).out
    packages, day = here(), today()
    try:
        found = audit(packages, day)
        file = advisories.known()
        path = written(packages, folder)
    except (OSError, ValueError, yaml.YAMLError) as error:
        print(f"the audit cannot be made: {error}", file=sys.stderr)
        return 1
    print(f"{len(packages)} packages installed; {advisories.age(file, day)}")
    for row in file.accepted:
        print(f"lived with: {row.id} of {row.package} {row.versions}: {row.why}")
    print(f"bill of materials: {path}")
    for line in found:
        print(f"not in order: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
