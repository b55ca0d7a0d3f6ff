"""``iatro``: one file a command, registered here."""

from __future__ import annotations

import io
import sys
from typing import Annotated, NoReturn

import typer

from iatro_governor.cli import ledger, review, trial
from iatro_governor.cli.check import check
from iatro_governor.cli.compare import compare
from iatro_governor.cli.demo import demo
from iatro_governor.cli.govern import govern
from iatro_governor.cli.init import init
from iatro_governor.cli.keygen import keygen
from iatro_governor.cli.label import label
from iatro_governor.cli.policy import policy
from iatro_governor.cli.recover import recover
from iatro_governor.cli.replay import replay
from iatro_governor.cli.reset import reset
from iatro_governor.cli.review_serve import serve
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
for command in (init, check, govern, testify, demo, label, replay, reset, recover, keygen, schema, policy):
    app.command()(command)
app.command()(compare)
app.add_typer(ledger.app, name="ledger")
review.app.command()(serve)
review.app.command()(compare)
app.add_typer(review.app, name="review")
app.add_typer(trial.app, name="trial")


def _version(wanted: bool) -> None:
    if wanted:
        from iatro_governor.ledger import build

        print(build.this())
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the version, and the core that journals name.",
        ),
    ] = False,
) -> None:
    """A safety governor between an LLM planner and a robot's actuators."""


def main() -> None:
    """Run the command line; bad input ends with a message and exit code 2, never with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A name or a text that is no UTF-8 must not end in a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except IatroError as error:
        _end(str(error))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "iatro_governor":
            raise  # a part of our own is missing: that is our fault, and its traceback is wanted
        _end(f"the Python package {error.name!r} is missing; {_cure(error.name.split('.')[0])}")
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        raise SystemExit(1) from None
    except OSError as error:
        _end(f"{error.filename or 'output'}: {error.strerror or error}")


_EXTRAS = {
    **dict.fromkeys(("mujoco", "dask", "distributed"), "trial"),
    **dict.fromkeys(("jinja2", "plotly", "fastapi", "uvicorn"), "review"),
}
"""By package: the extra that it is installed with."""


def _cure(package: str) -> str:
    if package == "rclpy":
        return "source a ROS 2 installation, or run `make setup` in a checkout"
    extra = _EXTRAS.get(package)
    return f"install it with `pip install {package if extra is None else f'iatro_governor[{extra}]'}`"


def _end(message: str) -> NoReturn:
    print(f"iatro: {message}", file=sys.stderr)
    raise SystemExit(2) from None


if __name__ == "__main__":
    main()
