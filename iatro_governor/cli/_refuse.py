"""How commands of ``iatro review`` end on what they cannot use."""

from __future__ import annotations

import json
import sys
from typing import NoReturn

import typer


def refuse(message: str, as_json: bool) -> NoReturn:
    """End with exit code 2 and ``message``, as JSON too where that was asked for."""
    if as_json:
        print(json.dumps({"error": message}))
    print(message, file=sys.stderr)
    raise typer.Exit(2)
