"""Where the files shared by all of the package are: ``config/``, ``scenarios/``, ``models/``.

They are at the root of a checkout, and in ``share/iatro_governor`` of the prefix that pip or colcon installed to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from iatro_governor.errors import MissingPart

SHARE = Path("share") / "iatro_governor"


def shared(relative: str) -> Path:
    """The path of a shared file or folder, for example ``shared("config/amr.yaml")``.

    The one that belongs to the running code wins, so that code and data are of one version.
    Raises ``MissingPart``, naming the places looked at, where there is none.
    """
    places = list(_places(Path(__file__)))
    for place in places:
        path = place / relative
        if path.exists():
            return path
    looked = ", ".join(map(str, places)) or f"every {SHARE} above {__file__}"
    raise MissingPart(f"{relative} is not installed (looked in {looked}); install the package again")


def _places(module: Path) -> Iterator[Path]:
    # With links into the checkout (colcon's --symlink-install) the link's target is the code that runs.
    checkout = module.resolve().parent.parent
    if (checkout / "package.xml").is_file():
        yield checkout
    for prefix in [*module.parents, Path(sys.prefix)]:
        if (prefix / SHARE).is_dir():
            yield prefix / SHARE
