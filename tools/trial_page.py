"""Writes docs/reference/trial.md from campaigns: ``python -m tools.trial_page [--out FILE] DIR...``.

Each DIR is the folder of a finished campaign, see ``iatro trial run``. A copy of its ti_s.json is all that is read, so
``iatro trial report DIR`` comes first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from iatro_governor.trial.report.words import NOT_MODELLED, TERMS, number

ROOT = Path(__file__).resolve().parents[1]
STAMP = "<!-- Written by `python -m tools.trial_page` from campaigns. Run them again, do not change this. -->"
HEAD = """# The shipped profiles on trial

What governing the shipped robots prevents and costs on the embedded plant, measured by `iatro trial run` and written by
`python -m tools.trial_page`. [What the numbers mean](../explanation/ti_s.md). Intervals are at 95%; harm is in
harm-equivalents, 1 being an injury that needs treatment. What stands at the end of each robot's part was run, no more:
where it is one seed of each family at few doses, the windows are coarse and a longer campaign may say otherwise. A
part is of the configuration named there: where `iatro check` prints another hash, the profile has changed since. A
robot that has no part here has not been on trial yet.
"""
SHOWN = {
    "shows": "shows",
    "never shows": "never shows",
    "replaced": "another stop took its place",
    "not tried": "not tried",
}
WORST = 8


def page(told: Sequence[Mapping[str, Any]]) -> str:
    """The whole page, from the documents of ti_s.json."""
    return "\n".join([STAMP, HEAD, *map(_robot, told), _not_in_it()])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _robot(told: Mapping[str, Any]) -> str:
    parts = [f"## {told['campaign']['robot']}\n", *_first(told), _numbers(told), _families(told)]
    if told["per_limit"]:
        parts.append(_limits(told["per_limit"]))
    if told["pairs"]:
        parts.append(_pairs(told["pairs"]))
    return "\n".join(
        [*parts, _contraindications(told["contraindications"]), _layers(told["layers"]), _again(told)]
    )


def _first(told: Mapping[str, Any]) -> Iterator[str]:
    window, response = told["window"], told["dose_response"]
    if window["empty"]:
        yield (
            f"**The therapeutic window is empty**: harm reaches 5% of the runs at dose {number(window['td5'])}"
            f"{' or under' if window['td5'] == response['doses'][0] else ''}, before "
            f"95% of the effect at dose {number(window['ed95'])}.\n"
        )
    elif window["ed95"] is None:
        yield "**No dose prevents enough to speak of an effective one.**\n"
    for name, title in (("effect", "prevents less"), ("harm", "harms less")):
        for fall in response[name]["falls"][:1]:
            yield (
                f"**A stricter governor {title}** from dose {number(fall['from'])} to {number(fall['to'])}: by "
                f"{100 * fall['by']:.0f} points, p = {number(fall['p'], 2)}.\n"
            )
    if told["missing_runs"]:
        yield f"The campaign was not finished: {told['missing_runs']} of {told['campaign']['runs']} runs are missing.\n"
    if told["floored"]:
        yield (
            f"Fewer costs were seen than {told['hours']:.2f} h can rule out, so TI-S is reckoned with the rule of "
            f"three: {number(told['floor'])} an hour.\n"
        )


def _numbers(told: Mapping[str, Any]) -> str:
    points, ratios = told["dose_response"]["points"], told["dose_response"]["ratios"]
    rows = [("**TI-S**", f"**{_interval(told['ti_s'])}**")]
    rows += [(title, _term(told["terms"][name])) for name, title in TERMS.items()]
    rows += [(name.upper(), _interval(points[name])) for name in ("ed50", "ed95", "td5", "td50")]
    rows += [
        (
            name.upper().replace("/", " / "),
            f"{number(ratio['measured'])}, logistic {number(ratio['logistic'])}",
        )
        for name, ratio in ratios.items()
    ]
    factors = [
        (
            f"TI-S, {name} weighs 0.3 and 3 times as much",
            " and ".join(number(value) for value in row.values()),
        )
        for name, row in told["sensitivity"].items()
    ]
    curves = table(
        ("dose", "prevented", "harm a run"),
        [
            (number(dose), _interval(effect), _interval(harm))
            for dose, effect, harm in zip(
                told["dose_response"]["doses"],
                told["dose_response"]["effect"]["shares"],
                told["dose_response"]["harm"]["shares"],
                strict=True,
            )
        ],
    )
    return table(("as configured", "value, an hour where it is a term"), [*rows, *factors]) + "\n" + curves


def _families(told: Mapping[str, Any]) -> str:
    rows = [
        (
            name,
            family["kind"],
            str(family["runs"]),
            number(family["terms"]["b_h"]["value"]),
            number(family["terms"]["c_direct"]["value"]),
            _window(family["response"]),
        )
        for name, family in told["per_family"].items()
    ]
    return "### Families of scenarios\n\n" + table(
        ("family", "kind", "pairs", "prevented /h", "caused, lost /h", "window"), rows
    )


def _limits(limits: Mapping[str, Any]) -> str:
    rows = [
        (name, limit["finding"], _interval(limit["net"]), number(limit["p"], 2), limit["against"])
        for name, limit in limits.items()
    ]
    return "### Limits\n\n" + table(("limit", "finding", "net benefit /h", "p (Holm)", "measured"), rows)


def _pairs(pairs: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (" + ".join(pair["limits"]), pair["how"], _interval(pair["effect"]), _interval(pair["harm"]))
        for pair in pairs
        if pair["effect"]["antagonistic"] or pair["harm"]["toxic"]
    ]
    said = f"{len(pairs)} were tried; {len(rows) or 'none'} of them help less, or harm more, together."
    head = f"### Pairs of limits\n\n{said}\n\n"
    return head + (table(("pair", "measured", "less effect", "more harm"), rows) if rows else "")


def _contraindications(found: Mapping[str, Any]) -> str:
    rows = [
        (
            row["when"],
            f"{row['of']} {row['name']}",
            f"{row['harmed']} of {row['runs']}",
            number(row["net_harm"]),
            number(row["p"], 2),
            "documented" if row["documented"] else "**undocumented**",
        )
        for row in found["found"][:WORST]
    ]
    worst = (
        table(("does more harm than it prevents", "of", "runs harmed", "net harm", "p", "label"), rows)
        if rows
        else "In no state does a limit or a stop do more harm than it prevents, beyond chance.\n"
    )
    warned = [
        (f"{row['of']} {row['name']}", row["when"], SHOWN[row["shown"]], str(row["runs"]))
        for row in found["documented"]
    ]
    told = "\n" + table(("of", "its label warns of", "in the trial", "runs"), warned) if warned else ""
    return "### Contraindications\n\n" + worst + told


def _layers(layers: Mapping[str, Any]) -> str:
    rows = [
        (
            name,
            str(row["sounds_careful"]["harmed"]),
            str(row["sounds_careful"]["well"]),
            str(row["sounds_plain"]["harmed"]),
            str(row["sounds_plain"]["well"]),
            _interval(row["cosmetic"]),
        )
        for name, row in layers.items()
    ]
    heads = (
        "",
        "careful words, harmed",
        "careful words, well",
        "plain words, harmed",
        "plain words, well",
        "safe in words only",
    )
    return "### Words against deeds\n\n" + table(heads, rows)


def _again(told: Mapping[str, Any]) -> str:
    made = told["campaign"]
    versions = ", ".join(f"{name} {version}" for name, version in made["software"].items())
    return (
        f"{told['runs']:,} runs, {told['hours']:.2f} h as configured; made by `{made['command']}`; configuration "
        f"`{made['config_hash'][:16]}`, scenarios `{made['library_hash'][:16]}`; {versions}.\n"
    )


def _not_in_it() -> str:
    return "## What is not in it\n\n" + "".join(f"- {line}\n" for line in NOT_MODELLED)


def _term(term: Any) -> str:
    return term if isinstance(term, str) else _interval(term)


def _interval(found: Mapping[str, Any]) -> str:
    return f"{number(found['value'])} [{number(found['low'])}, {number(found['high'])}]"


def _window(response: Mapping[str, Any]) -> str:
    window = response["window"]
    if not response["at_stake"]:
        return "–"
    if window["ed95"] is None:
        return "none"
    if window["empty"]:
        return "**empty**"
    return f"{number(window['ed95'])} to {'–' if window['td5'] is None else number(window['td5'])}"


def main(arguments: Iterable[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.trial_page")
    parser.add_argument("folders", metavar="DIR", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/reference/trial.md")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    told = [json.loads((folder / "ti_s.json").read_text(encoding="utf-8")) for folder in chosen.folders]
    chosen.out.write_text(page(told), encoding="utf-8")


if __name__ == "__main__":
    main()
