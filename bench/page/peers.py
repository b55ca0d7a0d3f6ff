"""The section of the peers."""

from __future__ import annotations

from bench.page.tables import Data, table


def peers(data: Data) -> list[str]:
    """Wrong answers, by peer and by kind."""
    corpus, kinds = data["corpus"], data["corpus"]["kinds"]
    about = (
        f"{corpus['commands']} commands, seed {corpus['seed']}: plain ones, ones that ask for too much or for a"
        " forbidden place, numbers that are none, wrong lengths, stamps that are old, ahead or out of order. What is"
        " wrong was written down from the task before any peer was asked (bench/peers_task.py). *Claimed*: of kinds"
        " that the peer says it keeps from the motors. *Good passed*: of commands that break nothing, before anything"
        " was the matter, how many came out as they went in. Times are of the process, one thread where a peer lets"
        " itself be told so.\n"
    )
    head = ("", "version", "commands", "wrong", "of it claimed", "good passed", "p50 us", "p99 us")
    here = [row for row in data["rows"] if row["wrong"] is not None]
    rows = [
        (
            row["name"], row["version"], row["commands"], row["wrong"], row["wrong_claimed"],
            f"{row['clean_good_passed']} of {row['clean_good']}", row["p50_us"], row["p99_us"],
        )
        for row in here
    ]  # fmt: skip
    by_kind = [(row["name"], *(counted(row, kind) for kind in kinds)) for row in here]
    notes = [f"- **{row['name']}**: {row['note']}." for row in here if row.get("note")]
    notes += [
        f"- **{row['name']}** was not measured: `{row['reason']}`"
        for row in data["rows"]
        if row["wrong"] is None
    ]
    return [
        about,
        table(head, rows),
        "By kind; in brackets where the peer does not claim it.\n",
        table(("", *kinds), by_kind),
        "\n".join(notes) + "\n",
    ]


def counted(row: Data, kind: str) -> str:
    """Of one kind."""
    count = row["by_kind"][kind]
    return str(count) if kind in row["applies"] else f"({count})"
