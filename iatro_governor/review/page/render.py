"""From a template to an answer; everything that is put into one is escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from iatro_governor import __version__

from ..shown import marked
from ..text import quantity, visible
from .place import ONLY, Place

TITLES = {
    400: "This cannot be read",
    401: "A token is needed",
    403: "This is not let in",
    404: "There is no such page",
    405: "This cannot be done here",
    409: "Not now",
    413: "That is too much",
    503: "The ledger cannot be read",
}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, with what they share."""
    found = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    found.filters["verdict_name"] = lambda name: visible(str(name)).replace("_", " ").capitalize()
    found.filters["grouped"] = lambda number: f"{number:,}"
    found.filters["visible"] = lambda text: visible(str(text))
    found.globals.update(marked=marked, quantity=quantity, version=__version__)
    return found


def page(template: str, status: int = 200, place: Place = ONLY, **values: Any) -> HTMLResponse:
    """The page that ``template`` makes of ``values``; its links lead to other pages of ``place``."""
    text = environment().get_template(template).render(**values, place=place)
    return HTMLResponse(text.encode("utf-8", "backslashreplace"), status)


def refusal(status: int, message: str, place: Place = ONLY) -> HTMLResponse:
    """A page that says why there is none, and leads back to ``place``."""
    title = TITLES.get(status, "Something is wrong")
    return page("refusal.html.j2", status, place, title=title, message=visible(message))
