"""The bill of materials: what is installed, from where, under which licence and for whom; CycloneDX 1.6 as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from .packages import Package

LICENCES = LicenseFactory()


def bill(
    own: Package, own_needs: Iterable[str], packages: Iterable[Package], licences: Mapping[str, str]
) -> str:
    """The bill of ``own``, which directly needs ``own_needs``, with every package; ``licences`` are by name."""
    bom = Bom()
    root = component(own, licences.get(own.name), ComponentType.APPLICATION)
    bom.metadata.component = root
    parts = {package.name: (package, component(package, licences.get(package.name))) for package in packages}
    for package, part in parts.values():
        bom.components.add(part)
        bom.register_dependency(part, [parts[name][1] for name in package.needs if name in parts])
    bom.register_dependency(root, [parts[name][1] for name in own_needs if name in parts])
    text: str = JsonV1Dot6(bom).output_as_string(indent=1)
    return text + "\n"


def component(
    package: Package, licence: str | None, kind: ComponentType = ComponentType.LIBRARY
) -> Component:
    """One package as a part of a bill."""
    url = PackageURL("pypi", name=package.name, version=package.version)
    stated = [LICENCES.make_from_string(licence)] if licence else []
    return Component(
        name=package.name,
        version=package.version,
        type=kind,
        purl=url,
        bom_ref=url.to_string(),
        licenses=stated,
    )
