"""What has become of clips, as far as the chain can be believed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.kept_clips import clip_states

CONTENT = b"clip"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def test_each_clip_is_told_up_to_the_record_that_is_believed_and_files_that_no_record_knows(
    tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    folder = tmp_path / "ledger.clips"
    folder.mkdir()
    for name in ("c.mcap", "stray.mcap"):
        (folder / name).write_bytes(CONTENT)
    with open_ledger() as ledger:
        for number, (name, *cleared) in enumerate((["a.mcap"], ["b.mcap"], ["c.mcap", "a.mcap"], ["d.mcap"])):
            body = {"file": f"ledger.clips/{name}", "sha256": DIGEST, "bytes": 4, "cleared": cleared or None}
            ledger.append([Record("clip", "recorder", number, 0.0, None, None, body)])
    found, strange = clip_states(tmp_path / "ledger.db", before=5)
    assert [(one.record, Path(one.file).name, one.state) for one in found] == [
        (2, "a.mcap", "cleared"), (3, "b.mcap", "gone"), (4, "c.mcap", "fine"),
    ]  # fmt: skip
    assert strange == [str(folder / "stray.mcap")]
    found, _ = clip_states(tmp_path / "ledger.db", before=4)
    assert [one.state for one in found] == ["gone", "gone"], "what said that it was cleared is not believed"
