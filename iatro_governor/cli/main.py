"""``iatro``: one file a command, registered here."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from iatro_governor import __version__
from iatro_governor.cli import ledger, review
from iatro_governor.cli.check import check
from iatro_governor.cli.demo import demo
from iatro_governor.cli.govern import govern
from iatro_governor.cli.schema import schema
from iatro_governor.cli.testify import testify
from iatro_governor.errors import IatroError

app = typer.Typer(
    name="iatro",
    help="A safety governor between an LLM planner and a robot's actuators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, govern, testify, demo, schema):
    app.command()(command)
app.add_typer(ledger.app, name="ledger")
app.add_typer(review.app, name="review")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"iatro {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A safety governor between an LLM planner and a robot's actuators."""


def main() -> None:
    """Run the command line; bad input ends with a message and exit code 2, never with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # a name or text that is no UTF-8 must not end in a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except IatroError as error:
        print(f"iatro: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        raise SystemExit(1) from None
    except OSError as error:
        print(f"iatro: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
