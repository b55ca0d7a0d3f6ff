"""The page of benchmarks says what was measured, and says so where nothing was."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAMP = {
    "version": "1.2.3",
    "commit": "abc1234",
    "date": "2026-01-02",
    "machine": {"cpu": "Some CPU", "cores": 2},
}
PEER = {
    "name": "somebody", "version": "9", "applies": ["speed"], "commands": 50, "wrong": 7, "wrong_claimed": 3,
    "by_kind": {"speed": 3, "place": 4}, "clean_good": 10, "clean_good_passed": 9,
    "good": 20, "good_passed": 18, "p50_us": 1.0, "p99_us": 2.0, "p999_us": 3.0, "max_us": 4.0, "samples": 50,
    "times_ours": [0.5, 0.6],
}  # fmt: skip
ABSENT = {"name": "nobody", "wrong": None, "reason": "it is not installed"}


def page(folder: Path, **files: Any) -> dict[str, str]:
    """The sections of the page that is made of these files; a text is written as it is."""
    for name, data in files.items():
        text = data if isinstance(data, str) else json.dumps(data)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    out = folder / "page.md"
    command = [sys.executable, "-m", "tools.benchmarks", "--from", str(folder), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    parts = out.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.splitlines()[0]: part for part in parts}


def test_what_left_no_file_says_so(tmp_path: Path) -> None:
    sections = page(tmp_path)
    assert len(sections) >= 6
    assert all("Not measured" in text for text in sections.values())
    assert "`make soak` left no soak.json" in sections["Going on and on"]
    assert "`make mutate` left no mutation.json" in sections["Changes that tests notice"]


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    """The wrong answer would be no section, or last week's."""
    found = page(tmp_path, hop="", core="{}", ledger="[1]", peers='{"corpus": {}}', labels='{"p50_ms": 1')
    for title in ("The governed hop", "The core's step", "The ledger", "Labels of a text"):
        assert "Not measured" in found[title]
    assert "Not shown" in found["Peers"] and "KeyError" in found["Peers"]


def test_what_was_measured_before_stays_with_its_commit_until_it_is_measured_again(tmp_path: Path) -> None:
    ledger = STAMP | {"group": 5, "asked": 10, "incidents": 1, "records_per_s": 4321, "page_new_s": 0.5}
    page(tmp_path, statements=STAMP | {"said": 1}, ledger=ledger, peers="")
    for name in ("statements", "ledger"):
        (tmp_path / f"{name}.json").unlink()
    found = page(tmp_path, ledger=ledger | {"commit": "def5678"})
    said = found["A hundred statements a second for a minute"]
    assert "| `said` | 1 |" in said and "commit abc1234" in said
    assert "def5678" in found["The ledger"] and "abc1234" not in found["The ledger"]
    assert "cannot be read" in found["Peers"] and "left no plant.json" in found["The plant"]
    assert page(tmp_path) == found, "made again it is the same"


def test_a_figure_has_its_machine_version_date_and_commit(tmp_path: Path) -> None:
    ledger = {"group": 5, "asked": 10, "incidents": 1, "records_per_s": 4321, "page_new_s": 0.5}
    found = page(tmp_path, ledger=STAMP | ledger)["The ledger"]
    assert "| durable records | 4321 | 1/s |" in found and "| `page_new_s` | 0.5 |" in found
    assert all(word in found for word in ("1.2.3", "abc1234", "2026-01-02", "Some CPU", "4321"))
    assert "*Made by `python -m bench.ledger`, as `make bench` does; " in found


def test_every_part_names_a_command_that_there_is(tmp_path: Path) -> None:
    (made,) = re.findall(
        r"^\*Made by (.*?);",
        page(tmp_path, statements=STAMP)["A hundred statements a second for a minute"],
        re.M,
    )
    assert made == "`python -m bench.statements`, as `make bench` does"
    text = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    modules = re.findall(r"^\*Made by `python -m bench\.(\w+)", text, re.M)
    assert len(modules) > 10 and all((ROOT / "bench" / f"{module}.py").is_file() for module in modules)
    assert len(re.findall(r"^\*Made by `", text, re.M)) == text.count("\n## ")


def test_a_benchmark_that_nobody_foresaw_has_a_section(tmp_path: Path) -> None:
    assert "| `ways.fast` | 12 |" in page(tmp_path, brandnew={"ways": {"fast": 12}})["brandnew"]


def test_a_soak_and_a_mutation_run_have_their_tables(tmp_path: Path) -> None:
    row = {"at_last_mb": 91.5, "mb_h": 0.4, "interval_mb_h": [0.1, 0.7], "verdict": "flat", "samples": 68}
    late = {"governed": 0.002, "relay": 0.001, "spread": 0.004, "chance": 0.034}
    soak = {
        "bound_mb_h": 4.0,
        "memory": {"governor": row},
        "simulated": {"seconds": 3600.0, "times_real_time": 6.1, "rounds": 70, "decisions": 400000},
        "real": {
            "seconds": 900.0, "driven_s": {"governed": 900.0, "relay": 300.0}, "hz": 100.0, "decisions": 90000,
            "lost": 0, "late": late, "held_up": {"governed": 2, "relay": 1},
        },
        "wrong": ["the recorder grows by 9 MB"],
    }  # fmt: skip
    counts = {"files": 2, "changes": 90, "noticed": 70, "accepted": 4, "survived": 6, "not tried": 10}
    rooms = {"rooms": {"limits": counts | {"commit": "abc1234", "date": "2026-01-02"}}}
    found = page(tmp_path, soak=STAMP | soak, mutation=STAMP | rooms)
    told = found["Going on and on"]
    assert "2 of the governor's and 1 of the relay's" in told and "a probability of 0.034)" in told
    assert (
        "| governor | 91.5 | 0.4 | 0.1 to 0.7 | 68 | flat |" in told and "the recorder grows by 9 MB" in told
    )
    assert (
        "| limits | 2 | 90 | 70 | 4 | 6 | 10 | abc1234 | 2026-01-02 |" in found["Changes that tests notice"]
    )


def test_the_page_names_each_branch_that_no_test_takes(tmp_path: Path) -> None:
    row = {"files": 2, "lines": 50, "lines_taken": 48, "branches": 10, "branches_taken": 9, "percent": 90.0}
    rooms = {"limits": row | {"left": {"iatro_governor/limits/speed.py": ["12->14", "30"]}}}
    told = page(tmp_path, coverage=STAMP | {"rooms": rooms})["Branches that tests take"]
    assert (
        "| limits | 2 | 50 | 2 | 10 | 1 | 90.0 |" in told
        and "`iatro_governor/limits/speed.py`: 12->14, 30" in told
    )


def test_a_kind_that_a_peer_does_not_claim_is_told_apart(tmp_path: Path) -> None:
    corpus = {"commands": 50, "seed": 1, "kinds": ["speed", "place"]}
    found = page(tmp_path, peers=STAMP | {"corpus": corpus, "turns": 2, "rows": [PEER, ABSENT]})["Peers"]
    assert "| somebody | 3 | (4) |" in found
    assert "**nobody** was not measured: `it is not installed`" in found


def test_where_ours_is_behind_its_peers_the_page_says_so_in_words(tmp_path: Path) -> None:
    """The wrong answer shows what it passes before any fault, and leaves the rest in a file."""
    ours = PEER | {"name": "iatro_governor", "good_passed": 15, "p99_us": 9.0, "times_ours": [1.0, 1.0]}
    corpus = {"commands": 50, "seed": 1, "kinds": ["speed", "place"]}
    found = page(tmp_path, peers=STAMP | {"corpus": corpus, "turns": 2, "rows": [ours, PEER]})["Peers"]
    assert "| 15 of 20 | 75% | 9 of 10 |" in found and "| 0.5 to 0.6 |" in found
    assert "passes 75%" in found and "More is passed by somebody; a lower p99 have somebody" in found
