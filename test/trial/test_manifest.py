"""What a campaign was: a folder without it, or with something else in its place, is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.errors import TrialError
from iatro_governor.trial.manifest import MANIFEST, Manifest, read_manifest, write_manifest

CAMPAIGN = Manifest(
    robot="amr",
    profile="config/amr.yaml",
    config_hash="abc",
    limits={"travel_speed": "speed"},
    scenarios="base",
    library_hash="def",
    doses=(0.0, 1.0),
    seed=0,
    seeds=3,
    runs=12,
    command="iatro trial run --scenarios base --out out/trial",
    software={"iatro_governor": "0.1.0"},
)


def test_a_folder_without_one_is_no_campaign(tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=MANIFEST):
        read_manifest(tmp_path)


def test_what_is_none_is_refused_by_key(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"robot": "amr"}', encoding="utf-8")
    with pytest.raises(TrialError, match="profile"):
        read_manifest(tmp_path)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    write_manifest(tmp_path, CAMPAIGN)
    assert read_manifest(tmp_path) == CAMPAIGN
