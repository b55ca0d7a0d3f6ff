"""What we depend on is in order by the tables of tools/audit/, and each kind of disorder is found."""

from __future__ import annotations

import datetime
import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom

# As the checker of types knows them, modules of tools/ stand on their own.
audit = importlib.import_module("tools.audit.__main__")
advisories = importlib.import_module("tools.audit.advisories")
licences = importlib.import_module("tools.audit.licences")
packages = importlib.import_module("tools.audit.packages")

Package = packages.Package
TODAY = datetime.date(2026, 11, 26)
ADVISORY = {
    "id": "CVE-2026-0001",
    "package": "thing",
    "affected": ["<1.2", ">=2.0rc1,<2.1"],
    "what": "something that can go wrong",
    "source": "https://example.org/CVE-2026-0001",
}
ACCEPTED = {
    "id": "CVE-2026-0001",
    "package": "thing",
    "versions": "<1.1",
    "why": "nothing of ours ever calls it",
}
WHY = "a reason that is long enough"


def known(**changes: Any) -> Any:
    """A file of one advisory, changed."""
    plain: dict[str, Any] = {"dated": TODAY, "advisories": [ADVISORY], "accepted": []}
    return advisories.Known.model_validate(plain | changes)


def policy(**changes: Any) -> Any:
    """An allow-list of two licences, changed."""
    plain: dict[str, Any] = {
        "allowed": [{"licence": "MIT", "also": ["MIT License"], "why": WHY}, {"licence": "Zlib", "why": WHY}],
        "odd": {},
        "apart": {"why": WHY, "licences": {}},
    }
    return licences.Policy.model_validate(plain | changes)


def of_versions(file: Any, *versions: str) -> list[str]:
    """What is wrong with these versions of the package."""
    return list(advisories.findings([Package("thing", version) for version in versions], file, TODAY))


def test_what_is_installed_is_in_order_and_written_as_a_bill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "today", lambda: TODAY)
    code = audit.main(["--out", str(tmp_path)])
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    assert f"as of {advisories.known().dated}" in told.out
    here = {package.name: package for package in audit.here()}
    text = (tmp_path / "bill.cdx.json").read_text(encoding="utf-8")
    bill = Bom.from_json(json.loads(text))
    assert {part.name: part.version for part in bill.components} == {
        name: package.version for name, package in here.items()
    }
    assert all(part.licenses and part.purl.name == part.name for part in bill.components)
    needs = {each.ref.value: {ref.ref.value for ref in each.dependencies} for each in bill.dependencies}
    assert f"pkg:pypi/numpy@{here['numpy'].version}" in needs[bill.metadata.component.bom_ref.value]
    assert (
        f"pkg:pypi/starlette@{here['starlette'].version}"
        in needs[f"pkg:pypi/fastapi@{here['fastapi'].version}"]
    )


def test_a_package_that_is_vulnerable_is_not_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real tables find it in the real run, and not only in the pieces below."""
    bad = Package("setuptools", "70.0", "MIT"), Package("jinja2", "3.1.5", "BSD License")
    found = "\n".join(audit.audit([*audit.here(), *bad], TODAY))
    assert "setuptools 70.0 has CVE-2025-47273" in found
    assert "jinja2 3.1.5 has CVE-2025-27516" in found


def test_what_is_not_in_order_is_told_line_by_line_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "audit", lambda *_: ["one thing", "another"])
    assert audit.main(["--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "not in order: one thing\nnot in order: another\n"


@pytest.mark.parametrize("version", ["1.1", "1.1.9", "2.0rc1", "2.0"])
def test_a_version_in_any_of_the_sets_is_hit(version: str) -> None:
    (found,) = of_versions(known(), version)
    assert found == f"thing {version} has CVE-2026-0001: something that can go wrong ({ADVISORY['source']})"


def test_a_version_beyond_them_or_another_package_is_not() -> None:
    assert of_versions(known(), "1.2", "1.9", "2.1") == []
    assert list(advisories.findings([Package("things", "1.0")], known(), TODAY)) == []


def test_a_row_for_what_the_machine_brings_may_be_unused() -> None:
    file, newer = known(accepted=[ACCEPTED]), Package("thing", "9.0")
    assert list(advisories.findings([], file, TODAY, [newer])) == []
    assert len(list(advisories.findings([newer], file, TODAY))) == 1


def test_what_is_accepted_is_accepted_for_its_versions_alone() -> None:
    file = known(accepted=[ACCEPTED])
    assert of_versions(file, "1.0") == []
    assert len(of_versions(file, "1.0", "1.1")) == 1
    assert len(of_versions(known(accepted=[ACCEPTED | {"id": "CVE-2026-0002"}]), "1.0")) == 2


def test_rows_that_are_of_no_use_are_told() -> None:
    (unused,) = of_versions(known(accepted=[ACCEPTED]), "1.3")
    assert "take the row out" in unused
    (twice,) = of_versions(known(advisories=[ADVISORY, ADVISORY]), "1.3")
    assert "more than once" in twice
    (early,) = of_versions(known(dated=TODAY + datetime.timedelta(days=1)), "1.3")
    assert early.endswith("is dated 2026-11-27, and today is 2026-11-26")


def test_the_age_of_the_table_is_told() -> None:
    assert advisories.age(known(), TODAY) == "1 advisories as of 2026-11-26, 0 days ago"
    later = TODAY + datetime.timedelta(days=91)
    assert advisories.age(known(), later).endswith("91 days ago; that is more than 90: look for new ones")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "CVE-26-1"},
        {"package": "Thing_"},
        {"affected": []},
        {"affected": [""]},
        {"affected": ["1.0"]},
        {"what": ""},
        {"source": "a friend"},
        {"severity": "high"},
    ],
    ids=lambda change: " ".join(change),
)
def test_a_row_that_means_nothing_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        known(advisories=[ADVISORY | change])


@pytest.mark.parametrize(
    ("stated", "taken_for"),
    [
        ("MIT", "MIT"),
        ("MIT License", "MIT"),
        ("MIT AND Zlib", "MIT AND Zlib"),
        ("GPL-3.0-only OR MIT", "GPL-3.0-only OR MIT"),
        ("(GPL-3.0-only OR MIT) AND Zlib", "(GPL-3.0-only OR MIT) AND Zlib"),
        ("GPL-3.0-only AND MIT", None),
        ("GPL-3.0-only", None),
        ("MIT WITH Classpath-exception-2.0", None),
        ("mit-like, see LICENSE", None),
        ("", None),
        (None, None),
    ],
)
def test_a_licence_is_taken_for_what_is_allowed(stated: str | None, taken_for: str | None) -> None:
    assert licences.licence(Package("thing", "1.0", stated), policy()) == taken_for


def test_an_odd_package_is_in_order_only_while_it_states_the_same() -> None:
    rules = policy(odd={"thing": {"stated": "see LICENSE", "licence": "Custom", "why": WHY}})
    assert licences.licence(Package("thing", "1.0", "see LICENSE"), rules) == "Custom"
    assert licences.licence(Package("thing", "1.0", "GPL-3.0-only"), rules) is None
    assert licences.licence(Package("other", "1.0", "see LICENSE"), rules) is None


def test_what_is_not_allowed_not_known_or_not_needed_is_told() -> None:
    thing, gone = Package("thing", "1.0", "GPL-3.0-only"), Package("gone", "1.0")
    rules = policy(apart={"why": WHY, "licences": {"old": "MIT"}})
    unknown, absent, stale = licences.findings([thing, gone], [thing], [], rules)
    assert unknown.startswith("thing 1.0 states 'GPL-3.0-only'")
    assert absent.startswith("gone is pinned and not installed")
    assert stale.startswith("licences.yaml has a row for old")
    rules = policy(apart={"why": WHY, "licences": {"gone": "GPL-3.0-only"}})
    assert [line.split()[0] for line in licences.findings([gone], [], [], rules)] == ["gone"]
    rules = policy(apart={"why": WHY, "licences": {"gone": "Zlib"}})
    assert list(licences.findings([gone], [], [], rules)) == []
    assert list(licences.findings([], [], [gone], rules)) == []


def test_a_table_that_cannot_be_read_ends_the_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "advisories.yaml"
    broken.write_text("dated: 2026-11-26\nadvisories: []\naccepted: []\n", encoding="utf-8")
    monkeypatch.setattr(advisories.known, "__defaults__", (broken,))
    assert audit.main(["--out", str(tmp_path / "out")]) == 1
    assert "the audit cannot be made: " in capsys.readouterr().err


def test_a_lock_that_pins_nothing_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "requirements-none.txt"
    lock.write_text("# nothing\nnumpy>=2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="pins no package"):
        packages.locked(lock)


def test_a_licence_is_the_best_of_what_a_package_says(tmp_path: Path) -> None:
    """From its metadata alone; an expression before classifiers, and those before words."""
    told = {
        "plain": "License-Expression: MIT\nLicense: GPL\n",
        "classed": "License: see there\nClassifier: License :: OSI Approved :: BSD License\n",
        "worded": "License: Apache 2.0\nClassifier: Topic :: Software Development\n",
        "whole": f"License: {'Permission is granted ' * 9}\n",
        "unknown": "License: UNKNOWN\n",
        "ros-jazzy-plain": "Requires-Dist: ros-plain\n",
        "ros-plain": "License: zlib License\n",
    }
    for name, lines in told.items():
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{lines}"
        (folder / "METADATA").write_text(text, encoding="utf-8")
    assert {package.name: package.stated for package in packages.installed(tmp_path)} == {
        "plain": "MIT",
        "classed": "BSD License",
        "worded": "Apache 2.0",
        "whole": None,
        "unknown": None,
        "ros-jazzy-plain": "zlib License",
        "ros-plain": "zlib License",
    }
