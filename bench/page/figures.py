"""Sections that are a table or two: stops, the plant, the ledger, labels, trials, the monitor."""

from __future__ import annotations

from bench.page.tables import STAMPED, Data, flat, table


def stops(data: Data) -> list[str]:
    """From each fault to the first stop on the wire."""
    head = (
        "fault", "stop", "the profile waits ms", "bound ms", "p50 ms", "p99", "p99.9", "worst", "samples",
    )  # fmt: skip
    names = ("fault", "stop", "waits_ms", "bound_ms", "p50_ms", "p99_ms", "p999_ms", "max_ms", "samples")
    rows = [[row.get(name) for name in names] for row in data["rows"] if "not_injected" not in row]
    left = [f"- {row['fault']}: {row['not_injected']}" for row in data["rows"] if "not_injected" in row]
    about = "Of as few samples as here, p99 and p99.9 lie between the two slowest.\n"
    return [about, table(head, rows), *(["Not injected:\n", "\n".join(left) + "\n"] if left else [])]


def plant(data: Data) -> list[str]:
    """How much faster than real time each robot is simulated."""
    about = (
        "Simulated seconds in a second of one core, sensors read as their nodes read them; no governor, no ROS. Median"
        " of the turns with the lowest and highest, and what each period of 10 ms takes.\n"
    )
    head = (
        "robot",
        "times real time",
        "lowest",
        "highest",
        "budget",
        "a period: p50 us",
        "p99",
        "p99.9",
        "worst",
        "periods",
    )
    names, parts = (
        ("times_real_time", "lowest", "highest", "budget"),
        ("p50_us", "p99_us", "p999_us", "max_us", "samples"),
    )
    robots = [(name, row) for name, row in data.items() if isinstance(row, dict) and "times_real_time" in row]
    rows = [
        [name, *(row[one] for one in names), *(row["period"][one] for one in parts)] for name, row in robots
    ]
    return [about, table(head, rows)]


def ledger(data: Data) -> list[str]:
    """How fast records are kept and found again."""
    about = (
        f"Durable in groups of {data['group']}; all else of a ledger of {data['asked']} records with"
        f" {data['incidents']} incidents, whose index is made once. A query and a page have the median of five tries.\n"
    )
    head = ("what", "", "unit")
    rows = [(told, data.get(key), unit) for key, told, unit in OF_A_LEDGER if data.get(key) is not None]
    known = {key for key, _, _ in OF_A_LEDGER} | {"group", "asked", "incidents", *STAMPED}
    rows += [
        (f"`{key}`", value, "") for key, value in flat(data, "") if key not in known and value is not None
    ]
    return [about, table(head, rows)]


OF_A_LEDGER = (
    ("records_per_s", "durable records", "1/s"),
    ("index_built_s", "making the index, once", "s"),
    ("query_s", "three filters, the first hundred", "s"),
    ("query_10m_s", "three filters over ten million, the first hundred (budget 1 s)", "s"),
    ("query_all_matches_s", "three filters, all that match", "s"),
    ("matches", "of which there are", ""),
    ("stats_s", "rates by model", "s"),
    ("free_text_s", "a text and a filter", "s"),
    ("page_list_s", "the page's list (budget 1 s)", "s"),
    ("page_filtered_s", "the page's list with three filters", "s"),
    ("page_fleet_s", "the page's fleet", "s"),
    ("page_compare_s", "the page's comparison", "s"),
    ("page_incident_s", "the page of an incident of five seconds (budget 1 s)", "s"),
    ("export_records", "records exported to Parquet", ""),
    ("export_s", "in", "s"),
)
"""By key: what it is, and its unit. What is not here has a row by its name."""


def trial(data: Data) -> list[str]:
    """What a second worker gains, and how long campaigns take."""
    rounds = [
        [f"{one[key]:.2f}" for key in ("runs_1", "runs_2", "speed_up", "spin_speed_up", "share")]
        for one in data["rounds"]
    ]
    campaigns = [campaign(robot, row) for robot, row in data["campaigns"].items()]
    return [
        "The same runs by one worker and by two, and a loop that spins, in turns.\n",
        table(("runs/s, one worker", "two", "gain", "gain of spinning", "share"), rounds),
        "Campaigns by two workers; where not all runs were played, the time of all is worked out from some.\n",
        table(
            ("robot", "runs played", "in s", "of a campaign of", "s for it", "budget", "all played"),
            campaigns,
        ),
    ]


TEN_MINUTES_S = 600
"""For a whole campaign, by the design."""


def campaign(robot: str, row: Data) -> tuple[object, ...]:
    """One robot's."""
    took, whole = f"{row['took_s']:.0f}", f"{row['worked_out_s']:.0f}"
    return (robot, row["runs"], took, row["size"], whole, TEN_MINUTES_S, "yes" if row["whole"] else "no")


def monitor(data: Data) -> list[str]:
    """How often the monitor of rates raises an alarm, by the rate before and after."""
    about = (
        f"Simulated runs of {data['reference']} statements of reference and {data['statements']} more, looked at after"
        f" every one. Where the rate stays, at most {data['alpha']:g} of the runs may ever raise an alarm.\n"
    )
    head = (
        "rate before",
        "rate after",
        "runs",
        "with an alarm",
        "share (95 %)",
        "statements until it, median",
    )
    rows = []
    for row in data["rows"]:
        found = row["alarms"]
        shown = f"{found['value']} ({found['low']} to {found['high']})"
        rows.append(
            [row["before"], row["after"], found["whole"], found["part"], shown, row["median_statements"]]
        )
    return [about, table(head, rows)]


def labels(data: Data) -> list[str]:
    """How long a text takes."""
    budget = data["budget_ms"]
    about = (
        f"{data['labeller']}, one thread: {data['statements_per_s']} statements of 400 characters a second; the median"
        f" is {data['times_the_rules']} times that of the rules alone. The design gives a text of 400 characters"
        f" {budget['p50']} ms at the median, and {budget['p99']} ms at p99.\n"
    )
    rows = [
        (texts, way, *(times[f"{key}_ms"] for key in ("p50", "p99", "p999", "max")), times["samples"])
        for texts, ways in data["sets"].items()
        for way, times in ways.items()
    ]
    return [about, table(("texts", "what", "p50 ms", "p99", "p99.9", "worst", "samples"), rows)]
