"""The sections of the hop."""

from __future__ import annotations

from bench.page.tables import Data, ranged, table


def hop(data: Data) -> list[str]:
    """Waits beside the budget, tails and costs of every executor, and where the time goes."""
    budget, kept = data["budget_ratio"], data["kept"]
    about = (
        f"Command in, command out over real DDS: the governor of config/amr.yaml with {data['zones']} zones beside a"
        f" relay in rclpy that hears the same scan, {data['turns']} turns each, a process a turn. Median of the turns"
        f" (lowest to highest). *Budget*: {budget} times the relay's median, which the design asks for at 100 Hz;"
        " *over*: by how much the governed median of a turn is above that, below it where negative. Both are tried with"
        f" every executor of rclpy that fits one thread; the nodes have `{kept}`.\n"
    )
    rows = data["executors"]
    parts = [about, table(WAITS, [waits(row, budget) for row in rows])]
    parts += [
        "All turns together; *in time*: answered before the next command but one was due.\n",
        table(COSTS, [costs(row) for row in rows]),
    ]
    return parts + (explanation(data["profile"]) if "profile" in data else [])


WAITS = (
    "executor", "Hz", "relay p50 us", "governed p50 us", "ratio", "budget", "over us", "relay p99 us",
    "governed p99 us", "ratio", "relay's own p99 from turn to turn",
)  # fmt: skip
COSTS = (
    "executor", "Hz", "relay p99.9 us", "worst", "of", "governed p99.9 us", "worst", "of", "in time, relay", "governed",
    "core, relay", "governed", "MB",
)  # fmt: skip


def waits(row: Data, budget: float) -> tuple[object, ...]:
    """One executor at one rate, turn by turn."""
    first = (ranged(row, name) for name in ("relay_p50_us", "governed_p50_us", "p50_ratio"))
    then = ("over_us", "relay_p99_us", "governed_p99_us", "p99_ratio", "relay_runs_p99_ratio")
    return (row["executor"], row["hz"], *first, budget, *(ranged(row, name) for name in then))


def costs(row: Data) -> tuple[object, ...]:
    """The same of all turns: rare waits, what came too late, and what it took."""
    rare = (row[f"{name}_all"][key] for name in NAMES for key in ("p999_us", "max_us", "samples"))
    shares = (row[f"{name}_{key}"] for key in ("in_time", "cpu") for name in NAMES)
    memory = " and ".join(str(row[f"{name}_memory_mb"]) for name in NAMES)
    return (row["executor"], row["hz"], *rare, *shares, memory)


NAMES = ("relay", "governed")


def explanation(found: Data) -> list[str]:
    """What makes the distance."""
    relay, ours = found["relay"], found["governor"]
    about = (
        f"Where the distance comes from: the thread of each process over {found['commands']} commands at {found['hz']}"
        " Hz with sensors and all, in a run apart from the timed one, as a profiler sees it (it makes calls dearer than"
        f" they are). A command costs the relay {relay['us_a_command']} us in {relay['calls_a_command']} calls, and the"
        f" governor {ours['us_a_command']} us in {ours['calls_a_command']}. By file, what it calls outside Python"
        " included; us for a command:\n"
    )
    names = [*ours["files"], *(name for name in relay["files"] if name not in ours["files"])]
    files = [(f"`{name}`", relay["files"].get(name), ours["files"].get(name)) for name in names]
    called = [
        (f"`{one['callback']}`", one["calls"], one["us_a_call"], one["us_a_command"])
        for one in ours["callbacks"]
    ]
    return [
        about,
        table(("file", "relay", "governor"), files),
        "What the executor calls in the governor, with all that each calls:\n",
        table(("callback", "calls a command", "us a call", "us a command"), called),
    ]
