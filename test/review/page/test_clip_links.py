"""Clips on the page: those of the incident's time, as they were recorded, and no other file of the machine."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Ledger, Reader, Record
from iatro_governor.ledger.keys import key_beside, read_key
from test.review.conftest import PLANS, build
from test.review.oracle import incidents
from test.review.page.conftest import Page, Serve

CONTENT = b"\x89MCAP0\r\n what went over the wire"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An incident with a clip that is kept, one that is gone, one that was changed, a path out, and one of later."""
    db = build(tmp_path_factory.mktemp("clips") / "ledger.db", PLANS[:1])
    with Reader(db) as reader:
        t = incidents(reader)[0].t
    folder = db.with_suffix(".clips")
    folder.mkdir()
    (folder / "kept.mcap").write_bytes(CONTENT)
    (folder / "changed.mcap").write_bytes(CONTENT + b"!")
    (db.parent / "secret.mcap").write_bytes(CONTENT)
    files = ("kept.mcap", "gone.mcap", "changed.mcap", "../secret.mcap", "later.mcap")

    def body(file: str) -> dict[str, Any]:
        begin = t + (1000.0 if file == "later.mcap" else -10.0)
        digest = hashlib.sha256(CONTENT).hexdigest()
        return {"file": f"ledger.clips/{file}", "sha256": digest, "begin": begin, "end": begin + 15.0,
                "causes": ["<i>latch</i>"], "messages": 3}  # fmt: skip

    with Ledger.open(db, key=read_key(key_beside(db)), context="simulation", software_version="0") as ledger:
        ledger.append(
            [Record("clip", "recorder", n, t, None, None, body(file)) for n, file in enumerate(files)]
        )
    return db


@pytest.fixture(scope="module")
def served(serve: Serve, db: Path) -> Page:
    return serve(db)


def test_the_incident_links_the_clips_of_its_time(served: Page, db: Path) -> None:
    with Reader(db) as reader:
        number = incidents(reader)[0].id
        ids = {Path(one.body["file"]).name: one.id for one in reader.records("clip")}
    text = served.ask(f"/incidents/{number}").text
    assert f'href="/clips/{ids["kept.mcap"]}.mcap" download' in text and "no longer kept" in text
    assert str(ids["later.mcap"]) + ".mcap" not in text and "<i>latch" not in text
    answer = served.ask(f"/clips/{ids['kept.mcap']}.mcap")
    assert (answer.status, answer.body) == (200, CONTENT)
    assert 'filename="kept.mcap"' in answer.headers["content-disposition"]
    for name in ("gone.mcap", "changed.mcap", "secret.mcap"):
        assert served.ask(f"/clips/{ids[name]}.mcap").status == 404
    for odd in (0, number, 2**70, "x", "..%2Fledger.db"):
        assert served.ask(f"/clips/{odd}.mcap").status == 404
