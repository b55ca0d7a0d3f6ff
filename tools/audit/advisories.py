"""Whether a pinned or installed version is one that advisories.yaml knows to be vulnerable."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import yaml
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, Field

from .licences import Reason, Strict
from .packages import Package

TABLE = Path(__file__).with_name("advisories.yaml")
OLD_DAYS = 90
"""From this age on the file's own age is told as something to mend."""


def specified(versions: str) -> str:
    """A set of versions that excludes some; raises ``ValueError`` where it is none."""
    try:
        found = SpecifierSet(versions)
    except InvalidSpecifier as error:
        raise ValueError(f"{versions!r} is no set of versions, as in '>=2.0,<2.5.0'") from error
    if not len(found):
        raise ValueError("an empty set of versions means every version; say '>=0' where that is meant")
    return versions


Versions = Annotated[str, AfterValidator(specified)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Id = Annotated[str, Field(pattern=r"^(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+)$")]


class Advisory(Strict):
    """A vulnerability: its id, the package, the versions (any of the sets), what it is, and who says so."""

    id: Id
    package: Name
    affected: Annotated[tuple[Versions, ...], Field(min_length=1)]
    what: Reason
    source: Annotated[str, Field(pattern=r"^https://\S+$")]

    def hits(self, package: Package) -> bool:
        """Whether a package, in its version, has this vulnerability."""
        sets = (SpecifierSet(versions) for versions in self.affected)
        return package.name == self.package and any(
            each.contains(package.version, prereleases=True) for each in sets
        )


class Accepted(Strict):
    """An advisory that hits a package and is lived with, for these versions alone, and why."""

    id: Id
    package: Name
    versions: Versions
    why: Annotated[str, Field(min_length=20)]


class Known(Strict):
    """The file: as of when, and its rows."""

    dated: datetime.date
    advisories: Annotated[tuple[Advisory, ...], Field(min_length=1)]
    accepted: tuple[Accepted, ...]

    def accepts(self, advisory: Advisory, package: Package) -> Accepted | None:
        """The row that lives with an advisory for a package."""
        for row in self.accepted:
            same = (row.id, row.package) == (advisory.id, package.name)
            if same and SpecifierSet(row.versions).contains(package.version, prereleases=True):
                return row
        return None


def known(table: Path = TABLE) -> Known:
    """The advisories as they are kept. Raises ``ValueError`` that names the row that is wrong."""
    return Known.model_validate(yaml.safe_load(table.read_text(encoding="utf-8")))


def hits(packages: Iterable[Package], file: Known) -> Iterator[tuple[Advisory, Package]]:
    """Every advisory that hits one of the packages, accepted or not."""
    for package in sorted({(each.name, each.version) for each in packages}):
        for advisory in file.advisories:
            if advisory.hits(Package(*package)):
                yield advisory, Package(*package)


def findings(
    pinned: Iterable[Package], file: Known, today: datetime.date, beside: Iterable[Package] = ()
) -> Iterator[str]:
    """What is wrong: hits that nothing accepts, rows that accept nothing, rows that are there twice, a date to come.

    ``beside``: what is installed and nobody pinned, such as the machine's own pip: a newer one leaves a row unused.
    """
    locked = list(pinned)
    found = list(hits([*locked, *beside], file))
    for advisory, package in found:
        if file.accepts(advisory, package) is None:
            yield f"{package.name} {package.version} has {advisory.id}: {advisory.what} ({advisory.source})"
    used = {(advisory.id, package.name) for advisory, package in found}
    names = {package.name for package in locked}
    for row in file.accepted:
        if row.package in names and (row.id, row.package) not in used:
            yield f"{TABLE.name} accepts {row.id} of {row.package}, which hits no version here: take the row out"
    keys = [(row.id, row.package) for row in file.advisories]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{TABLE.name} has {key[0]} of {key[1]} more than once"
    if file.dated > today:
        yield f"{TABLE.name} is dated {file.dated}, and today is {today}"


def age(file: Known, today: datetime.date) -> str:
    """How old the file is, in words."""
    days = (today - file.dated).days
    late = f"; that is more than {OLD_DAYS}: look for new ones" if days > OLD_DAYS else ""
    return f"{len(file.advisories)} advisories as of {file.dated}, {days} days ago{late}"
