"""A campaign: the same rows whoever does it, kept through a kill, and refused for another one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import distributed
import pytest

from iatro_governor.errors import TrialError
from iatro_governor.ledger.lock import take
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from iatro_governor.trial.campaign import Campaign, begin, carry_out, clear, manifest_of
from iatro_governor.trial.case import Setting
from iatro_governor.trial.family import load_family
from iatro_governor.trial.grid import Grid
from iatro_governor.trial.journal import Journal
from iatro_governor.trial.manifest import MANIFEST, OUTCOMES
from iatro_governor.trial.outcomes import line, read
from iatro_governor.trial.severity import load_severities
from iatro_governor.trial.standing import LOCK, standings
from iatro_governor.trial.treatment import Treatment, doseable
from test.conftest import wait
from test.trial.conftest import SHORT

PROFILE = shared("config/amr.yaml")


def campaign(path: Path, seeds: int = 2, doses: tuple[float, ...] = (0.0, 1.0), **grid: object) -> Campaign:
    profile, family = load_profile(PROFILE), load_family(path)
    setting = Setting(
        "base",
        Path(PROFILE),
        profile.config_hash,
        {family.name: family},
        {family.name: ("commit",)},
        load_severities(shared("scenarios/harms.yaml")),
    )
    whole = Grid((family.name,), doses, 0, seeds, doseable=doseable(profile), **grid)  # type: ignore[arg-type]
    return Campaign(setting, whole, manifest_of(setting, whole, str(path), "iatro trial run", profile))


@pytest.fixture
def short(write_family):
    return campaign(write_family())


@pytest.fixture
def tiny(write_family):
    return campaign(write_family(), seeds=1, doses=(0.0,))


def test_a_wall_is_hit_by_the_twin_alone(short, tmp_path):
    assert carry_out(tmp_path / "out", short) == 6
    rows = list(read(tmp_path / "out" / OUTCOMES))
    by = {(row.treatment, row.dose): row for row in rows if row.seed == 0}
    assert by["ungoverned", 0.0].harm > 0.1 and by["governed", 0.0].harm > 0.1
    governed = by["governed", 1.0]
    assert governed.harm == 0.0 and governed.modified > 0 and "time_to_collision" in governed.binding
    assert governed.labels == ("commit",) and governed.config_hash and governed.moment["speed"] < 0.05
    assert by["governed", 0.0].config_hash != governed.config_hash and not by["ungoverned", 0.0].config_hash


def test_two_workers_give_the_same_bytes_as_one(short, tmp_path):
    carry_out(tmp_path / "one", short, workers=1)
    carry_out(tmp_path / "two", short, workers=2)
    assert (tmp_path / "one" / OUTCOMES).read_bytes() == (tmp_path / "two" / OUTCOMES).read_bytes()


def test_a_cluster_gives_the_same_bytes_as_this_process(tiny, tmp_path):
    local = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, **local) as cluster:
        carry_out(tmp_path / "there", tiny, scheduler=cluster.scheduler_address)
    carry_out(tmp_path / "here", tiny)
    assert (tmp_path / "there" / OUTCOMES).read_bytes() == (tmp_path / "here" / OUTCOMES).read_bytes()


def test_a_run_that_fails_is_named(write_family, tmp_path):
    """Two walls of one name: no scenario's model says so, the plant does."""
    wall = {"name": "chassis", "centre": ["= x", 0.0], "size": [0.2, 2.0]}
    broken = campaign(write_family(scenario=SHORT["scenario"] | {"world": {"name": "cell", "walls": [wall]}}))
    with pytest.raises(TrialError, match=r"into_a_wall, seed 0, dose 0.*repeated name"):
        carry_out(tmp_path / "out", broken)


def test_what_was_cut_off_is_done_again_and_the_rest_is_not(short, tmp_path):
    out, done = tmp_path / "out", []
    carry_out(out, short)
    whole = (out / OUTCOMES).read_bytes()
    rows = whole.splitlines(keepends=True)
    (out / OUTCOMES).write_bytes(rows[4] + rows[1] + rows[2][:50])
    assert carry_out(out, short, show=lambda n, of, row: done.append((n, of))) == 4
    assert done == [(3, 6), (4, 6), (5, 6), (6, 6)]
    assert (out / OUTCOMES).read_bytes() == whole
    assert carry_out(out, short) == 0


def test_a_row_that_is_none_is_named(tiny, tmp_path):
    out = tmp_path / "out"
    carry_out(out, tiny)
    (out / OUTCOMES).write_bytes(b"{}\n" + (out / OUTCOMES).read_bytes())
    with pytest.raises(TrialError, match=f"{OUTCOMES}:1"):
        carry_out(out, tiny)


@pytest.mark.parametrize(
    ("change", "words"), [({"seeds": 3}, "seeds was 1, now 3"), ({"doses": (0.0, 2.0)}, "doses was")]
)
def test_another_campaign_is_refused(tiny, write_family, tmp_path, change, words):
    carry_out(tmp_path / "out", tiny)
    before = (tmp_path / "out" / OUTCOMES).read_bytes()
    with pytest.raises(TrialError, match=words):
        carry_out(tmp_path / "out", campaign(write_family(), **({"seeds": 1, "doses": (0.0,)} | change)))
    assert (tmp_path / "out" / OUTCOMES).read_bytes() == before


def test_arms_of_other_limits_are_another_campaign(write_family, tmp_path):
    """As many runs, and the same limits in the profile: the second one's table dropped what the first had run."""
    chosen: dict[str, Any] = {"seeds": 1, "doses": (1.0,), "arms": "limits"}
    one, other = (
        campaign(write_family(), **chosen, limits=(name,)) for name in ("obstacles", "travel_speed")
    )
    assert one.manifest.runs == other.manifest.runs
    begin(tmp_path, one.manifest)
    with pytest.raises(
        TrialError, match=r"another campaign: arms_of was \(obstacles\), now \(travel_speed\)"
    ):
        begin(tmp_path, other.manifest)
    pairs = campaign(
        write_family(), **chosen | {"arms": "doses", "doses": (1.0, 2.0, 3.0)}, limits=("obstacles",)
    )
    with pytest.raises(TrialError, match="arms was limits, now doses"):
        begin(tmp_path, pairs.manifest)
    begin(tmp_path, one.manifest)
    none = [campaign(write_family(), arms="none", limits=limits) for limits in ((), ("obstacles",))]
    assert none[0].manifest == none[1].manifest


def test_runs_of_another_campaign_are_kept_and_one_of_before_arms_were_written_down_goes_on(tiny, tmp_path):
    out = tmp_path / "out"
    carry_out(out, tiny)
    told = json.loads((out / MANIFEST).read_text())
    (out / MANIFEST).write_text(json.dumps({key: told[key] for key in told if not key.startswith("arms")}))
    assert carry_out(out, tiny) == 0
    row = next(row for row in read(out / OUTCOMES) if row.treatment == "governed")
    rows = (out / OUTCOMES).read_bytes() + line(replace(row, off=("obstacles",))).encode() + b"\n"
    (out / OUTCOMES).write_bytes(rows)
    with pytest.raises(
        TrialError, match="another campaign: 1 of its runs are none of this one's, the first is"
    ):
        carry_out(out, tiny)
    assert (out / OUTCOMES).read_bytes() == rows


def test_a_changed_scenario_is_another_campaign(tiny, write_family, tmp_path):
    carry_out(tmp_path / "out", tiny)
    changed = campaign(write_family(about="The base drives into a wall that is not far."), 1, (0.0,))
    with pytest.raises(TrialError, match="library_hash"):
        carry_out(tmp_path / "out", changed)


def test_a_folder_has_one_process_at_a_time(tiny, tmp_path):
    def meddle(*_: object) -> None:
        assert standings(tmp_path / "out")[0].running
        with pytest.raises(TrialError, match="another writer"):
            carry_out(tmp_path / "out", tiny)

    carry_out(tmp_path / "out", tiny, show=meddle)
    assert not standings(tmp_path / "out")[0].running


def test_nothing_is_deleted_while_somebody_works_on_it(tiny, tmp_path):
    """The command that begins anew was refused, and had deleted the other one's campaign before it asked."""
    out = tmp_path / "out"
    carry_out(out, tiny)
    files = {name: (out / name).read_bytes() for name in (MANIFEST, OUTCOMES)}
    lock = take(out / LOCK, "campaign")
    with pytest.raises(TrialError, match="another writer"):
        clear(out)
    assert {name: (out / name).read_bytes() for name in files} == files
    os.close(lock)
    clear(out)
    assert not any((out / name).exists() for name in files)
    clear(out)  # a lock alone is what a campaign left that was ended at its very beginning


def test_a_table_with_a_hole_is_not_finished(tiny, tmp_path):
    carry_out(tmp_path / "out", tiny)
    with (
        Journal(tmp_path / "out" / OUTCOMES) as journal,
        pytest.raises(TrialError, match="1 runs are missing"),
    ):
        journal.finish([*journal.done, "nobody"])


def test_arms_leave_limits_out_and_leave_them_alone(write_family):
    limits = ("obstacles", "time_to_collision", "travel_speed")
    whole = campaign(write_family(), arms="pairs", limits=limits).grid
    treatments = whole.treatments()
    every = set(whole.doseable)
    offs = [set(each.off) for each in treatments if each.governed and each.dose == 1.0]
    assert {"obstacles"} in offs and every - {"obstacles"} in offs and every in offs and set() in offs
    assert {"obstacles", "travel_speed"} in offs and every - {"obstacles", "travel_speed"} in offs
    assert len({each.key for each in treatments}) == len(treatments) == 1 + 2 + 1 + 2 * 3 + 2 * 3
    assert len(whole.cases()) == 2 * len(treatments)


def test_each_limit_can_be_varied_by_itself(write_family):
    limits = ("obstacles", "travel_speed")
    whole = campaign(write_family(), doses=(0.0, 1.0, 2.0, 4.0), arms="doses", limits=limits).grid
    single = [each for each in whole.treatments() if each.doses or each.off]
    assert [(each.dose, each.off, dict(each.doses)) for each in single] == [
        (1.0, ("obstacles",), {}),
        (1.0, (), {"obstacles": 2.0}),
        (1.0, (), {"obstacles": 4.0}),
        (1.0, ("travel_speed",), {}),
        (1.0, (), {"travel_speed": 2.0}),
        (1.0, (), {"travel_speed": 4.0}),
    ]


def test_a_limit_left_out_bounds_nothing(write_family, tmp_path):
    short = campaign(write_family(), seeds=1, doses=(1.0,), arms="limits", limits=("travel_speed",))
    carry_out(tmp_path / "out", short)
    rows = {row.off: row for row in read(tmp_path / "out" / OUTCOMES) if row.treatment == "governed"}
    assert "travel_speed" not in rows["travel_speed",].binding
    assert Treatment(1.0, ("travel_speed",)).key in {case.treatment.key for case in short.grid.cases()}


def test_a_killed_campaign_goes_on_with_the_same_command(write_family, tmp_path):
    command = [sys.executable, "-m", "iatro_governor.cli.main", "trial", "run", "--scenarios", str(write_family()),
               "--doses", "0,1", "--seeds", "4", "--workers", "1", "--json", "--out"]  # fmt: skip
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = subprocess.Popen([*command, killed], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    table = killed / OUTCOMES
    wait(lambda: table.exists() and table.read_bytes().count(b"\n") >= 2, 300.0, "two rows")
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = list(read(table))
    assert 2 <= len(kept) < 12
    for folder in (killed, whole):
        ended = subprocess.run([*command, folder], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout) == {"campaigns": [{"folder": str(folder), "runs": 12}]}
    assert table.read_bytes() == (whole / OUTCOMES).read_bytes()
    assert {line(row) for row in kept} <= {line(row) for row in read(table)}
