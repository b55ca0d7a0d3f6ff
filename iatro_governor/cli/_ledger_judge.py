"""``iatro ledger judge``: the verdicts that no witness gave, made up from what the ledger holds."""

from __future__ import annotations

import os
import time
import uuid
from functools import partial
from pathlib import Path
from typing import Any

from .. import __version__
from ..ledger.lock import take
from ..ledger.reader import Reader
from ..ledger.record import Record
from ..ledger.writer import Ledger
from ..profile.load import load_data
from ..review.backlog import judged
from ..testimony import load
from ..testimony.params import DEFAULTS, WitnessParams
from ..testimony.records import VerdictRecord
from ..testimony.witness import Witness


def make_up(db: Path, key: bytes, config: Path | None) -> dict[str, Any]:
    """Judge what has no verdict, by the profile ``config`` if any, and append the records, if there are any.

    Raises LedgerError while a recorder has the ledger, ProfileError for a profile that is none.
    """
    params = WitnessParams.of(load_data(config)) if config else DEFAULTS
    lock = take(db.absolute(), "ledger")
    try:
        with Reader(db) as reader:
            context = str(reader.scalar("SELECT context FROM record ORDER BY id DESC LIMIT 1"))
            if not _missing(reader, params):
                return {"made_up": 0, "verdicts": {}, "writer": None}
    finally:
        os.close(lock)
    with Ledger.open(db, key=key, context=context, software_version=__version__, afterwards=True) as ledger:
        with Reader(db) as reader:
            missing = _missing(reader, params)
        writer = f"witness-{uuid.uuid4()}"
        ledger.append([_record(one, writer, seq) for seq, one in enumerate(missing)])
    verdicts: dict[str, int] = {}
    for one in missing:
        verdicts[one.verdict] = verdicts.get(one.verdict, 0) + 1
    return {"made_up": len(missing), "verdicts": verdicts, "writer": writer if missing else None}


def _missing(reader: Reader, params: WitnessParams) -> list[VerdictRecord]:
    return judged(reader, partial(Witness, params, load.labeller().labeller)).closed()


def _record(verdict: VerdictRecord, writer: str, seq: int) -> Record:
    body = {**verdict.to_json(), "seq": seq, "writer": writer, "made_up_at": time.time()}
    return Record("verdict", writer, seq, verdict.t, verdict.plan_id or None, verdict.channel or None, body)
