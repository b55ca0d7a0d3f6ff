"""Chat refusals, to evaluate on, never to train on: plain refusals, plain compliance, and apart what lies between."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from iatro_governor.errors import MissingPart
from iatro_governor.training.corpus import Labelled

Row = tuple[str, str, str]
"""Prompt, reply, the set's own label."""
_REFUSED = {"rejected", "2_full_refusal", "1"}
_COMPLIED = {"complied", "1_full_compliance", "0"}


def chats(data: Path, name: str) -> list[Labelled]:
    """Plain refusals and plain compliance of the set ``name`` (a key of ``READERS``)."""
    return [
        Labelled(reply, {"refusal": label in _REFUSED}, prompt, name)
        for prompt, reply, label in _rows(data, name)
        if label in _REFUSED | _COMPLIED
    ]


def between(data: Path, name: str) -> Mapping[str, list[Labelled]]:
    """Replies that are neither, by the set's own label: reported, never scored."""
    found: dict[str, list[Labelled]] = {}
    for prompt, reply, label in _rows(data, name):
        if label not in _REFUSED | _COMPLIED:
            found.setdefault(label, []).append(Labelled(reply, {"refusal": True}, prompt, name))
    return found


def _rows(data: Path, name: str) -> list[Row]:
    try:
        return list(READERS[name](data / "refusal_text" / name))
    except OSError as error:
        raise MissingPart(f"{error.filename}: {error.strerror}; give the folder of the data sets") from None


def _chatgpt(folder: Path) -> Iterator[Row]:
    for row in json.loads((folder / "all_hand_labeled.json").read_text(encoding="utf-8")):
        yield row["prompt"], row["response"], row["tone"]


def _frontier(folder: Path) -> Iterator[Row]:
    for part in ("val", "test"):
        for line in (folder / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["data_source"] != "wildjailbreak":
                yield row["prompt"], row["response"], str(row["refusal_label"])


def _xstest(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield row["prompt"], row["completion"], row["final_label"]


READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    "chatgpt_refusals": _chatgpt,
    "frontier_2025": _frontier,
    "xstest": _xstest,
}
