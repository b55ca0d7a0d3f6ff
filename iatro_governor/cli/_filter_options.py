"""The options that choose incidents: the same ones, said once, for every command that lists, counts or exports them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import LedgerError
from ._refuse import refuse

if TYPE_CHECKING:
    from ..review.queries import Filter

OPTIONS: dict[str, Any] = {
    "verdict": Annotated[str | None, typer.Option(help="Only this primary verdict, as PARTIAL.")],
    "severity": Annotated[int | None, typer.Option(min=0, max=4, help="This severity or more.")],
    "plan": Annotated[str | None, typer.Option(help="Only this plan id.")],
    "model": Annotated[str | None, typer.Option(help="Only this planner model.")],
    "text": Annotated[str | None, typer.Option(help="Only where the words contain this.")],
    "since": Annotated[
        str | None,
        typer.Option(help="From this time on: seconds after the first record, or 2026-03-01T12:00 (UTC)."),
    ],
    "until": Annotated[str | None, typer.Option(help="Before this time.")],
    "robot": Annotated[
        str | None, typer.Option(help="Only this robot; where records name none, their channel.")
    ],
    "limit": Annotated[str | None, typer.Option(help="Only where this limit bound.")],
    "context": Annotated[str | None, typer.Option(help="Only field, simulation or evaluation.")],
    "policy": Annotated[str | None, typer.Option(help="Only under the configuration with this hash.")],
    "version": Annotated[str | None, typer.Option(help="Only by this version of the program.")],
}
"""By name of a filter's field; a command with ``wanted: Filter`` gets them all."""


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` with the options of a filter in the place of its parameter ``wanted``."""
    own = inspect.signature(command, eval_str=True).parameters
    kept = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own.values() if one.name != "wanted"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in OPTIONS.items()
    ]

    @wraps(command)
    def asked(**given: Any) -> None:
        chosen = {name: given.pop(name) for name in OPTIONS}
        try:
            wanted = filter_of(chosen)
        except LedgerError as error:
            refuse(str(error), given["as_json"])
        command(wanted=wanted, **given)

    parameters = [*kept, *added]
    asked.__annotations__ = {one.name: one.annotation for one in parameters}
    asked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return asked


def filter_of(given: Mapping[str, Any]) -> Filter:
    """The filter of options by their names; raises LedgerError for a time that is none."""
    from ..review import times
    from ..review.queries import Filter

    found = dict(given)
    for name in ("since", "until"):
        if (text := found.pop(name, None)) is not None:
            try:
                asked = times.read(str(text))
            except ValueError:
                raise LedgerError(f"{text!r}: no time (allowed: {times.ALLOWED})") from None
            found[f"{name}_s" if asked.after_start else name] = asked.t
    return Filter(**found)
