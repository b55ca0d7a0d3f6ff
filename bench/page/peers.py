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
        " that the peer says it keeps from the motors. *Good passed*: of all commands that break nothing, how many came"
        " out as they went in, and *before a fault*: of those before anything was the matter. Times are of the process,"
        f" one thread where a peer lets itself be told so; *times ours*: medians of one turn; {data['turns']} turns.\n"
    )
    head = (
        "", "version", "commands", "wrong", "of it claimed", "good passed", "", "before a fault", "p50 us", "p99",
        "p99.9", "worst", "samples", "times ours",
    )  # fmt: skip
    here = [row for row in data["rows"] if row["wrong"] is not None]
    rows = [
        (
            row["name"], row["version"], row["commands"], row["wrong"], row["wrong_claimed"],
            f"{row['good_passed']} of {row['good']}", f"{row['good_passed'] / max(row['good'], 1):.0%}",
            f"{row['clean_good_passed']} of {row['clean_good']}",
            *(row[key] for key in ("p50_us", "p99_us", "p999_us", "max_us", "samples")),
            " to ".join(map(str, row["times_ours"])) if row["times_ours"] else None,
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
        unflattering(here),
        "By kind; in brackets where the peer does not claim it.\n",
        table(("", *kinds), by_kind),
        "\n".join(notes) + "\n",
    ]


def unflattering(rows: list[Data]) -> str:
    """Where ours is behind, in words: a table is easily read past."""
    ours = [row for row in rows if row["name"] == "iatro_governor"]
    others = [row for row in rows if row["name"] != "iatro_governor" and row["good"]]
    if not ours or not others:
        return ""
    mine = ours[0]
    more = sorted(row["name"] for row in others if share(row) > share(mine))
    quicker = sorted(row["name"] for row in others if row["p99_us"] < mine["p99_us"])
    return (
        f"Of all good commands iatro_governor passes {share(mine):.0%}: after a faulty command it holds its stop until"
        " its planner has been silent or at zero for a while, and good ones in that time are not passed. More is passed"
        f" by {', '.join(more) or 'nobody'}; a lower p99 have {', '.join(quicker) or 'none'}.\n"
    )


def share(row: Data) -> float:
    """Of all good commands, those that came out as they went in."""
    return float(row["good_passed"] / max(row["good"], 1))


def counted(row: Data, kind: str) -> str:
    """Of one kind."""
    count = row["by_kind"][kind]
    return str(count) if kind in row["applies"] else f"({count})"
