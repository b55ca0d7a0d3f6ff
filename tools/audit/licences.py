"""Whether every package is under a licence that licences.yaml allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from license_expression import ExpressionError, LicenseExpression, Licensing
from pydantic import BaseModel, ConfigDict, Field

from .packages import Package

TABLE = Path(__file__).with_name("licences.yaml")
EXPRESSIONS = Licensing()
Words = Annotated[str, Field(min_length=1)]
Reason = Annotated[str, Field(min_length=10)]


class Strict(BaseModel):
    """A row: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Allowed(Strict):
    """A licence that any package may have, the words by which packages name it, and why it may."""

    licence: Words
    also: tuple[Words, ...] = ()
    why: Reason


class Odd(Strict):
    """A package that states something else, or nothing: what it stated when looked at, its licence, and why it may."""

    stated: Words | None
    licence: Words
    why: Reason


class Apart(Strict):
    """Packages that the environment does not hold: their licences, and why they are known from here alone."""

    why: Reason
    licences: Mapping[str, Words]


class Policy(Strict):
    """The allow-list."""

    allowed: tuple[Allowed, ...]
    odd: Mapping[str, Odd]
    apart: Apart

    def spelled(self) -> dict[str, str]:
        """The licence that each of the allowed words stands for."""
        return {words: row.licence for row in self.allowed for words in (row.licence, *row.also)}


def policy(table: Path = TABLE) -> Policy:
    """The allow-list as it is kept. Raises ``ValueError`` that names the row that is wrong."""
    return Policy.model_validate(yaml.safe_load(table.read_text(encoding="utf-8")))


def licence(package: Package, rules: Policy) -> str | None:
    """The licence that a package is taken to be under, None where nothing allows it."""
    spelled = rules.spelled()
    odd = rules.odd.get(package.name)
    if odd is not None and odd.stated == package.stated:
        return odd.licence
    if package.stated is None:
        return None
    if package.stated in spelled:
        return spelled[package.stated]
    return package.stated if admitted(package.stated, frozenset(spelled)) else None


def admitted(expression: str, allowed: frozenset[str]) -> bool:
    """Whether an SPDX expression can be met with allowed licences alone."""
    try:
        parsed = EXPRESSIONS.parse(expression)
    except ExpressionError:
        return False  # words, and none that the table knows
    return parsed is not None and met(parsed, allowed)


def met(part: LicenseExpression, allowed: frozenset[str]) -> bool:
    """Whether a part of an expression can be met: one side of an OR, each of an AND."""
    if isinstance(part, EXPRESSIONS.OR):
        return any(met(each, allowed) for each in part.args)
    if isinstance(part, EXPRESSIONS.AND):
        return all(met(each, allowed) for each in part.args)
    return str(part) in allowed


def findings(
    wanted: Iterable[Package], here: Iterable[Package], elsewhere: Iterable[Package], rules: Policy
) -> Iterator[str]:
    """What is wrong with the licences of all that is installed, of what should be, and with the table itself.

    ``wanted`` are the pinned packages of this environment and of the peers', ``elsewhere`` those that other ones pin.
    """
    found = {package.name: package for package in here}
    for package in found.values():
        if licence(package, rules) is None:
            yield (
                f"{package.name} {package.version} states {package.stated!r} as its licence, "
                f"which {TABLE.name} does not allow: leave the package, or give it a row with a reason"
            )
    names = {package.name for package in wanted}
    allowed = set(rules.spelled().values())
    for name in sorted(names - found.keys() - rules.odd.keys()):
        told = rules.apart.licences.get(name)
        if told not in allowed:
            yield f"{name} is pinned and not installed, and {TABLE.name} has no allowed licence for it: {told!r}"
    used = names | found.keys() | {package.name for package in elsewhere}
    for name in sorted((rules.odd.keys() | rules.apart.licences.keys()) - used):
        yield f"{TABLE.name} has a row for {name}, which is neither pinned nor installed: take it out"
