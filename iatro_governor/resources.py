"""Where the files shared by all of the package are: ``config/``, ``scenarios/``, ``models/``.

Three kinds of install keep them in three places: a checkout at its root, ``pip install`` under ``sys.prefix``, and a
ROS 2 (ament) install under the prefix of the package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from iatro_governor.errors import MissingPart

PACKAGE = "iatro_governor"


def shared(relative: str) -> Path:
    """The path of a shared file or folder, for example ``shared("config/amr.yaml")``.

    The checkout that the code runs from wins over an install, so that code and data are of one version.
    Raises ``MissingPart``, naming every place looked at, where there is none.
    """
    places = list(_places())
    for place in places:
        path = place / relative
        if path.exists():
            return path
    looked = ", ".join(map(str, places))
    raise MissingPart(f"{relative} is not installed (looked in {looked}); install the package again")


def _places() -> Iterator[Path]:
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "package.xml").is_file():
        yield checkout
    yield Path(sys.prefix) / "share" / PACKAGE
    for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep):
        if prefix:
            yield Path(prefix) / "share" / PACKAGE
