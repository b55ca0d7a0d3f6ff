"""What an address asks of the list of incidents: filters, order, and from where on."""

from __future__ import annotations

from typing import Any, Literal, Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo, field_validator

from ...errors import LedgerError
from ..known import check
from ..paging import Cursor, Order
from ..queries import Filter
from ..times import read

LONGEST = 200
Column = Literal["time", "severity", "verdict", "plan", "model"]
FIRST_DOWN = ("time", "severity")
"""Columns that begin with their largest."""


class Wanted(BaseModel):
    """The query of a list's address; what is empty does not matter."""

    model_config = ConfigDict(extra="ignore", str_max_length=LONGEST)

    q: str | None = None
    verdict: str | None = None
    severity: int | None = Field(None, ge=0, le=4)
    robot: str | None = None
    model: str | None = None
    context: str | None = None
    limit: str | None = None
    since: str | None = None
    until: str | None = None
    sort: Column = "time"
    way: Literal["up", "down"] | None = None
    at: str | None = None
    _root: str = PrivateAttr("")

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, str) and not value.strip():
            return "time" if info.field_name == "sort" else None
        return value

    @field_validator("verdict", "context")
    @classmethod
    def _can_be(cls, value: str | None, info: ValidationInfo) -> str | None:
        asked: dict[str, Any] = {str(info.field_name): value}
        try:
            check(Filter(**asked))
        except LedgerError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("since", "until")
    @classmethod
    def _is_a_time(cls, value: str | None) -> str | None:
        if value is not None:
            read(value)
        return value

    @field_validator("at")
    @classmethod
    def _is_a_cursor(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                Cursor.read(value)
        except LedgerError as error:
            raise ValueError(str(error)) from error
        return value

    def filter(self, start: float) -> Filter:
        """The filter; ``start`` (s) is when the ledger begins."""
        return Filter(
            verdict=self.verdict,
            severity=self.severity,
            model=self.model,
            text=self.q,
            robot=self.robot,
            context=self.context,
            limit=self.limit,
            since=None if self.since is None else read(self.since).since(start),
            until=None if self.until is None else read(self.until).since(start),
        )

    def order(self) -> Order:
        """The order of the list: times and severities begin with the largest unless told otherwise."""
        down = self.sort in FIRST_DOWN if self.way is None else self.way == "down"
        return Order(self.sort, down)

    def cursor(self) -> Cursor | None:
        """Where the list begins; None for its beginning."""
        return None if self.at is None else Cursor.read(self.at)

    def under(self, root: str) -> Self:
        """The same, asked of the ledger whose addresses begin with ``root``."""
        found = self.model_copy()
        found._root = root
        return found

    def address(self, path: str = "/", **changes: str | None) -> str:
        """The address of this list with ``changes``; another order or filter begins at the first page."""
        values = {**self.model_dump(exclude={"at"}), **changes}
        if values["sort"] == "time" and values["way"] is None:
            values["sort"] = None
        query = urlencode({name: value for name, value in values.items() if value is not None})
        return f"{self._root}{path}?{query}" if query else f"{self._root}{path}"

    def sorted_by(self, column: Column) -> str:
        """The address that sorts by ``column``, the other way round where it does already."""
        down = self.order().descending if column == self.sort else column not in FIRST_DOWN
        return self.address(sort=column, way="up" if down else "down")

    @property
    def filters(self) -> bool:
        """True where anything is left out of the list."""
        return bool(self.model_dump(exclude={"at", "sort", "way"}, exclude_none=True))
