"""Shared files are found in each kind of install, and the ones of the running code come first."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from iatro_governor import resources
from iatro_governor.errors import MissingPart

ROOT = Path(__file__).resolve().parents[2]


def test_a_shared_file_is_found_in_the_checkout() -> None:
    assert resources.shared("config") == ROOT / "config"


def test_a_missing_shared_file_is_named() -> None:
    with pytest.raises(MissingPart, match=r"config/no_such\.yaml is not installed \(looked in .*\)"):
        resources.shared("config/no_such.yaml")


@pytest.mark.parametrize("packages", ["lib/python3.11/site-packages", "local/lib/python3.12/dist-packages"])
def test_an_install_finds_its_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packages: str
) -> None:
    share = tmp_path / "share" / "iatro_governor" / "config"
    share.mkdir(parents=True)
    module = tmp_path / packages / "iatro_governor" / "resources.py"
    module.parent.mkdir(parents=True)
    module.touch()
    monkeypatch.setattr(resources, "__file__", str(module))
    assert resources.shared("config") == share


def test_an_install_without_files_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "lib" / "iatro_governor" / "resources.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(MissingPart, match="every share/iatro_governor above"):
        resources.shared("config")
