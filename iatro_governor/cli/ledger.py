"""``iatro ledger``: is the record whole and unchanged, and does it add up?"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ..errors import LedgerError, ProfileError

app = typer.Typer(
    name="ledger", no_args_is_help=True, help="Check that a ledger is whole, unchanged and adds up."
)

Db = Annotated[Path, typer.Argument(metavar="DB", help="The ledger, as ledger.db.")]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The key's file; else IATRO_KEY, else DB.key beside it."),
]
Anchors = Annotated[
    Path | None,
    typer.Option("--anchors", metavar="FILE", help="Anchors kept elsewhere, checked beside DB.anchors."),
]
Json = Annotated[bool, typer.Option("--json", help="Accepted everywhere; the output is JSON anyway.")]


@app.command()
def verify(
    db: Db,
    key: KeyFile = None,
    anchors: Anchors = None,
    clips: Annotated[
        bool,
        typer.Option(
            "--clips", help="Check the clips beside the ledger, too: fine, cut, altered, cleared or gone."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check every record against the key and the anchors; exit 0 sound, 1 not, 2 no ledger.

    The result is one JSON document on standard output; "first_bad" is the first wrong or missing record. With --clips
    the exit code is 1, too, where a clip is not the one that the chain knows.
    """
    from ..ledger.check import verify as check
    from ._ledger_clips import judged

    if not db.exists():
        _refuse(f"{db}: no such ledger")
    result = _or_unusable(lambda: check(db, _key_of(db, key), anchors=anchors).to_json())
    if not result["sound"]:
        print(f"not sound: {result['problem']}", file=sys.stderr)
    if clips:
        result |= _or_unusable(lambda: judged(db, result))
    _finish(result)


@app.command()
def reconcile(db: Db, as_json: Json = False) -> None:
    """Count statements, verdicts and commands, and say whether the sums hold; exit 0, 1 or 2 as verify does.

    Reads what is there and trusts it: verify tells whether it may be trusted.
    """
    from ..ledger.accounts import reconcile as account

    result = _or_unusable(lambda: account(db))
    for problem in result["problems"]:
        print(f"not sound: {problem}", file=sys.stderr)
    _finish(result)


@app.command()
def anchor(db: Db, key: KeyFile = None, as_json: Json = False) -> None:
    """Print the ledger's last anchor as one line, to be kept elsewhere.

    Append it to a file on another machine: verify --anchors FILE then finds any later cut or rollback, even if
    ledger and anchors were both replaced. Exit as verify does; an unsound ledger gets no anchor.
    """
    from ..ledger.anchors import anchors_path, read_anchors
    from ..ledger.check import verify as check

    def work() -> dict[str, Any]:
        found = _key_of(db, key)
        result = check(db, found)
        if not result.sound:
            return result.to_json()
        (last,) = deque(read_anchors(anchors_path(db), found), maxlen=1)
        return asdict(last)

    result = _or_unusable(work)
    if result.get("sound") is False:
        print(f"not sound: {result['problem']}", file=sys.stderr)
        _finish(result)
    print(json.dumps(result, sort_keys=True))


@app.command()
def judge(
    db: Db,
    key: KeyFile = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="The robot's profile, to judge as its witness does."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make up the verdicts that are missing, after a witness was slow, dead or not there; exit 0, or 2 if unusable.

    Not while a recorder writes: a witness that runs makes up for itself what it has missed.
    """
    from ._ledger_judge import make_up

    if not db.exists():
        _refuse(f"{db}: no such ledger")
    result = _or_unusable(lambda: make_up(db, _key_of(db, key), config))
    print(json.dumps(result, indent=2))


@app.command()
def recover(
    db: Db,
    out: Annotated[Path | None, typer.Option(help="The new ledger; DB.recovered unless given.")] = None,
    key: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Write what can still be had of a damaged ledger to a new one, and say what is lost; DB is not touched.

    Every record in it is vouched for by the chain or an anchor, and every gap by a tombstone. What was retired, or lost
    to an earlier recovery, has its own already. Exit 0 when nothing else is lost, 1 when something is, 2 when nothing
    can be had.
    """
    from .. import __version__
    from ..ledger.recovery import recover as work

    target = out or Path(f"{db}.recovered")
    found = _or_unusable(lambda: work(db, target, _key_of(db, key), software_version=__version__).to_json())
    if found["missing_bytes"]:
        print(f"cut: {found['missing_bytes']} bytes are missing at the end", file=sys.stderr)
    for first, last in found["lost"]:
        print(f"lost: records {first} to {last}", file=sys.stderr)
    print(json.dumps(found, indent=2))
    raise typer.Exit(1 if found["lost"] else 0)


def _key_of(db: Path, key: Path | None) -> bytes:
    """The ledger's key; where there is none for what is no ledger either, that is what is said."""
    from ..ledger.keys import find_key
    from ..ledger.store import foreign

    try:
        return find_key(db, key, os.environ.get("IATRO_KEY"))
    except LedgerError:
        if problem := foreign(db):
            raise LedgerError(f"{db}: {problem}") from None
        raise


def _or_unusable(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except (LedgerError, ProfileError) as error:
        _refuse(str(error))


def _refuse(message: str) -> NoReturn:
    print(json.dumps({"sound": None, "error": message}))
    print(message, file=sys.stderr)
    raise typer.Exit(2)


def _finish(result: dict[str, Any]) -> NoReturn:
    print(json.dumps(result, indent=2))
    raise typer.Exit(0 if result["sound"] and result.get("clips_fine", True) else 1)
