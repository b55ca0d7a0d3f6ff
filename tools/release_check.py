"""Whether a tag may be a release: ``make release-check TAG=v0.1.0``. Nothing is published here; a tag is the release.

The tag names the version that package.xml, the code and the changelog state, and the changelog's newest heading has a
date in place of "unreleased", and something under it.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADING = re.compile(r"^## (?P<version>\S+) \((?P<when>[^)]+)\)$", re.MULTILINE)


def problems(tag: str, root: Path) -> list[str]:
    """Every reason why ``tag`` cannot be a release of the checkout at ``root``, in words."""
    version = tag.removeprefix("v")
    if not re.fullmatch(r"v\d+\.\d+\.\d+", tag):
        return [f"{tag!r} is no tag of a release (allowed: v, and three numbers with dots)"]
    code = (root / "iatro_governor" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', code, re.MULTILINE)
    stated = {
        "iatro_governor/__init__.py": found.group(1) if found else None,
        "package.xml": ElementTree.parse(root / "package.xml").findtext("version"),
    }
    out = [f"{file} states {said}, not {version}" for file, said in stated.items() if said != version]
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    if not headings or headings[0]["version"] != version:
        newest = headings[0]["version"] if headings else "nothing"
        return [*out, f"CHANGELOG.md begins with {newest}, not {version}"]
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", headings[0]["when"]):
        out.append(
            f"CHANGELOG.md says {headings[0]['when']!r} of {version}; a release has a date (YYYY-MM-DD)"
        )
    end = headings[1].start() if len(headings) > 1 else len(text)
    if "\n- " not in text[headings[0].end() : end]:
        out.append(f"CHANGELOG.md says nothing of {version}")
    return out


def main(words: Sequence[str]) -> int:
    """Exit code 0 for a tag that may be set."""
    if len(words) != 1:
        print("usage: python -m tools.release_check TAG", file=sys.stderr)
        return 2
    found = problems(words[0], ROOT)
    print(*found or [f"{words[0]} may be set"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
