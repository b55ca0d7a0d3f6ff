"""What SROS2 takes for a policy: the rules of its public schema, restated, and what a policy allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

VERBS = {"topics": ("topic", {"publish", "subscribe"}), "services": ("service", {"reply", "request"}),
         "actions": ("action", {"call", "execute"})}  # fmt: skip
NAME = re.compile(r"^(?:~/|/)?[A-Za-z_*][\w*]*(?:/[A-Za-z_*][\w*]*)*$")


def faults(root: ElementTree.Element) -> Iterator[str]:
    """Everything that the schema forbids."""
    if root.tag != "policy" or set(root.attrib) != {"version"}:
        yield "the root is a policy with a version"
    if [child.tag for child in root] != ["enclaves"]:
        yield "a policy holds one element enclaves"
        return
    paths = [enclave.get("path", "") for enclave in root[0]]
    if not paths or len(set(paths)) != len(paths):
        yield "enclaves are there, each path once"
    for enclave in root[0]:
        if (
            enclave.tag != "enclave"
            or set(enclave.attrib) != {"path"}
            or not enclave.attrib["path"].startswith("/")
        ):
            yield f"{enclave.tag}: an enclave has an absolute path"
        if [child.tag for child in enclave] != ["profiles"] or not len(enclave[0]):
            yield f"{enclave.get('path')}: an enclave holds profiles"
            continue
        for profile in enclave[0]:
            yield from _profile_faults(profile)


def _profile_faults(profile: ElementTree.Element) -> Iterator[str]:
    if profile.tag != "profile" or set(profile.attrib) != {"ns", "node"}:
        yield f"{profile.tag}: a profile has ns and node"
    for group in profile:
        if group.tag not in VERBS:
            yield f"{group.tag} is no group of rules"
            continue
        one, verbs = VERBS[group.tag]
        if not group.attrib or not set(group.attrib) <= verbs:
            yield f"{group.tag} has {set(group.attrib)}, and {verbs} are allowed"
        if not set(group.attrib.values()) <= {"ALLOW", "DENY"}:
            yield f"{group.tag}: ALLOW or DENY, not {set(group.attrib.values())}"
        if not len(group):
            yield f"{group.tag} is empty"
        for rule in group:
            if rule.tag != one or rule.attrib or not NAME.match(rule.text or ""):
                yield f"{group.tag}: {rule.tag} {rule.text!r}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Full names that an enclave allows, by verb."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def __getitem__(self, verb: str) -> set[str]:
        return self.names.get(verb, set())


def allowed(root: ElementTree.Element) -> dict[str, Allowed]:
    """What each enclave may do, by the last part of its path; what no rule allows is denied."""
    out = {}
    for enclave in root.iter("enclave"):
        found = Allowed()
        for profile in enclave.iter("profile"):
            for group in profile:
                for verb, how in group.attrib.items():
                    assert how == "ALLOW", "this reader knows no DENY, and none is needed"
                    found.names.setdefault(verb, set()).update(
                        full(profile, rule.text or "") for rule in group
                    )
        out[enclave.attrib["path"].rpartition("/")[2]] = found
    return out


def full(profile: ElementTree.Element, name: str) -> str:
    """A name as SROS2 resolves it: absolute, of the node (~), or of the namespace."""
    space = profile.attrib["ns"].rstrip("/")
    if name.startswith("/"):
        return name
    if name.startswith("~"):
        return f"{space}/{profile.attrib['node']}{name[1:]}"
    return f"{space}/{name}"
