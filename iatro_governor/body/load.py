"""Arms from files: the one place of this room that opens any.

A model is fitted once. ``cache`` names a folder in which the fitted capsules are kept, under the hash of everything
that they depend on (description, meshes, options, version of the fit); a file that does not read is fitted again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from iatro_governor.body.assembly import assemble
from iatro_governor.body.capsules import Capsule, Surface, cover, join, primitive
from iatro_governor.body.collision import with_pairs
from iatro_governor.body.description import Description, Geometry, Link
from iatro_governor.body.meshes import LinkMeshes, Part, shell
from iatro_governor.body.mobile import Base, base_joints, carried
from iatro_governor.body.model import ArmModel
from iatro_governor.body.urdf import disabled_pairs, parse
from iatro_governor.errors import MissingPart, ModelError

FIT_VERSION = 1
"""Counts changes of the fit, so that no cache outlives one."""

Shapes = Literal["collision", "visual", "both"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a model is made of besides its description.

    joints: commanded ones, in order (default: all that move). locked: positions of others, rad or m. shapes: which
    geometry the capsules hold; what is drawn sticks out of the collision shapes of some robots by a centimetre, so both
    by default, and where a link has not the one asked for, the other is taken. capsules_per_link: most of them.
    package_dirs: folders that hold packages, or are one. ament_prefix_path: as in the environment variable.
    allow_missing_limits: count them as infinite. missing_mesh_box: m; a mesh that is not found becomes a box around its
    link's origin and those of the joints on it, so much larger on every side (default: an error). semantics: SRDF text.
    base: how the robot moves over odom. frame: the link that odometry tells the pose of (default: the root).
    """

    joints: Sequence[str] | None = None
    locked: Mapping[str, float] = field(default_factory=dict)
    shapes: Shapes = "both"
    capsules_per_link: int = 1
    package_dirs: Sequence[Path] = ()
    ament_prefix_path: str = ""
    allow_missing_limits: bool = False
    missing_mesh_box: float | None = None
    semantics: str | None = None
    base: Base = "fixed"
    frame: str | None = None


def load_file(path: Path, options: Options | None = None, *, cache: Path | None = None) -> ArmModel:
    """The arm that a URDF file describes; packages are also looked for among the folders above the file.

    Raises:
        ModelError: everything that is wrong with the description, its limits and its meshes.
        MissingPart: it has meshes, and coal is not installed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError([f"robot description {path}: cannot be read: {error}"]) from error
    return load_text(text, options, base=path.resolve().parent, cache=cache)


def load_text(
    text: str, options: Options | None = None, *, base: Path | None = None, cache: Path | None = None
) -> ArmModel:
    """The arm that a URDF text describes, as ``/robot_description`` carries it.

    ``base``: the folder that relative mesh names start from and above which packages are looked for, if there is one.
    Raises as ``load_file`` does.
    """
    options = options or Options()
    description = carried(parse(text), options.base, options.frame)
    disabled = None if options.semantics is None else disabled_pairs(options.semantics)
    warnings: list[str] = []
    meshes = _find_meshes(description, options, base, warnings)
    digest = _digest(text, options, meshes)
    capsules = _read_cache(cache, digest, warnings)
    if capsules is None:
        capsules = _fit(description, options, meshes)
        _write_cache(cache, digest, capsules, warnings)
    model = assemble(
        description,
        capsules,
        joints=None if options.joints is None else (*base_joints(options.base), *options.joints),
        locked=options.locked,
        allow_missing_limits=options.allow_missing_limits,
        digest=digest,
        warnings=warnings,
    )
    return with_pairs(model, disabled)


def load_meshes(
    text: str, model: ArmModel, options: Options | None = None, *, base: Path | None = None
) -> LinkMeshes:
    """The surfaces of ``model``, which ``load_text`` made of the same text and options.

    Raises:
        ModelError: a mesh is not found or cannot be read.
        MissingPart: coal is not installed.
    """
    options = replace(options or Options(), missing_mesh_box=None)
    coal, parts, description = _coal(), [], carried(parse(text), options.base, options.frame)
    files = _find_meshes(description, options, base, [])
    for number, name in enumerate(model.links):
        for shape in _shapes(description.links[name], options.shapes):
            geometry = _geometry(coal, shape, files.get(shape.filename))
            parts.append(Part(number, geometry, model.link_placement[number] @ shape.placement))
    return LinkMeshes(model, tuple(parts), coal)


def load_surfaces(
    text: str, options: Options, base: Path | None = None
) -> tuple[dict[str, Surface], list[str]]:
    """The shapes of every link that has any, in its own frame, as yet without capsules; and which meshes are missing.

    Raises as ``load_text`` does.
    """
    warnings: list[str] = []
    description = carried(parse(text), options.base, options.frame)
    return _surfaces(description, options, _find_meshes(description, options, base, warnings)), warnings


def _geometry(coal: Any, shape: Geometry, file: Path | None) -> Any:
    if file is not None:
        return shell(read_mesh(file, shape.scale), coal)
    make = {"box": coal.Box, "cylinder": coal.Cylinder, "capsule": coal.Capsule, "sphere": coal.Sphere}
    return make[shape.kind](*shape.size)


def resolve(
    filename: str, base: Path | None, package_dirs: Sequence[Path], ament_prefix_path: str
) -> Path | None:
    """The file that a mesh name means, or None.

    ``package://NAME/rest``: in a given folder that is called or holds NAME; in ``share/NAME`` of a prefix; in a folder
    above ``base`` that is called or holds NAME. ``file:///...`` and plain paths: that file, from ``base``.
    """
    if not filename.startswith(("package://", "model://")):
        path = Path(filename.removeprefix("file://"))
        path = path if base is None or path.is_absolute() else base / path
        return path if path.is_file() else None
    package, _, rest = filename.partition("://")[2].partition("/")
    above = [] if base is None else [base, *base.parents]
    shares = [Path(prefix) / "share" for prefix in ament_prefix_path.split(":") if prefix]
    for folder in [*package_dirs, *shares, *above]:
        for root in (folder / package, folder) if folder.name == package else (folder / package,):
            if (root / rest).is_file():
                return root / rest
    return None


def _shapes(link: Link, which: Shapes) -> tuple[Geometry, ...]:
    if which == "both":
        return link.collision + link.visual
    first, other = (link.visual, link.collision) if which == "visual" else (link.collision, link.visual)
    return first or other


def _find_meshes(
    description: Description, options: Options, base: Path | None, warnings: list[str]
) -> dict[str, Path | None]:
    """The file of every mesh name that is used; None where a box is to stand for it."""
    found: dict[str, Path | None] = {}
    problems = []
    for link in description.links.values():
        for shape in _shapes(link, options.shapes):
            if shape.kind == "mesh" and shape.filename not in found:
                path = resolve(shape.filename, base, options.package_dirs, options.ament_prefix_path)
                found[shape.filename] = path
                if path is None and options.missing_mesh_box is None:
                    problems.append(f"link {link.name!r}: its mesh {shape.filename!r} is not found")
                elif path is None:
                    warnings.append(
                        f"link {link.name!r}: its mesh {shape.filename!r} is not found: a box instead"
                    )
    if problems:
        raise ModelError(problems)
    return found


def _digest(text: str, options: Options, meshes: Mapping[str, Path | None]) -> str:
    """SHA-256 of all that the model depends on."""
    made_of = hashlib.sha256(text.encode())
    choices = [
        FIT_VERSION,
        list(options.joints) if options.joints is not None else None,
        sorted(options.locked.items()),
        options.shapes,
        options.capsules_per_link,
        options.allow_missing_limits,
        options.missing_mesh_box,
        options.semantics,
        options.base,
        options.frame,
    ]
    made_of.update(json.dumps(choices).encode())
    for name, path in sorted(meshes.items()):
        content = b"" if path is None else path.read_bytes()
        made_of.update(json.dumps([name, hashlib.sha256(content).hexdigest()]).encode())
    return made_of.hexdigest()


def _fit(
    description: Description, options: Options, meshes: Mapping[str, Path | None]
) -> dict[str, list[Capsule]]:
    found = _surfaces(description, options, meshes)
    return {name: cover(surface, options.capsules_per_link) for name, surface in found.items()}


def _surfaces(
    description: Description, options: Options, meshes: Mapping[str, Path | None]
) -> dict[str, Surface]:
    found: dict[str, Surface] = {}
    problems: list[str] = []
    for link in description.links.values():
        surfaces = []
        for shape in _shapes(link, options.shapes):
            try:
                surfaces.append(_surface(shape, link, description, options, meshes))
            except ModelError as error:
                problems += error.problems
        if surfaces:
            found[link.name] = join(surfaces)
    if problems:
        raise ModelError(problems)
    return found


def _surface(
    shape: Geometry, link: Link, description: Description, options: Options, meshes: Mapping[str, Path | None]
) -> Surface:
    if shape.kind != "mesh":
        return primitive(shape)
    path = meshes[shape.filename]
    if path is not None:
        return read_mesh(path, shape.scale).moved(shape.placement)
    origins = [np.zeros(3)] + [j.placement[:3, 3] for j in description.joints if j.parent == link.name]
    margin = options.missing_mesh_box or 0.0
    low, high = np.min(origins, axis=0) - margin, np.max(origins, axis=0) + margin
    middle = np.eye(4)
    middle[:3, 3] = (low + high) / 2
    return primitive(Geometry("box", tuple(high - low), "", (1.0, 1.0, 1.0), middle))


def read_mesh(path: Path, scale: Sequence[float] = (1.0, 1.0, 1.0)) -> Surface:
    """A mesh file (STL, DAE, OBJ: what assimp reads), scaled.

    Raises:
        ModelError: it cannot be read, or holds no triangle or a point that is not finite.
        MissingPart: coal is not installed.
    """
    coal = _coal()
    try:
        mesh: Any = coal.MeshLoader().load(str(path), np.asarray(scale, dtype=float))
    except (ValueError, RuntimeError) as error:
        raise ModelError([f"mesh {path}: cannot be read: {str(error).splitlines()[-1]}"]) from error
    points = np.array(mesh.vertices(), dtype=float).reshape(-1, 3)
    triangles = np.empty((mesh.num_tris, 3), dtype=np.int64)
    for index, row in enumerate(triangles):
        corners = mesh.tri_indices(index)
        row[:] = corners[0], corners[1], corners[2]
    if not len(triangles) or not np.isfinite(points).all():
        raise ModelError([f"mesh {path}: holds no triangle, or a point that is not finite"])
    return Surface(points, np.zeros(len(points)), triangles)


def _coal() -> Any:
    try:
        return import_module("coal")
    except ImportError as error:
        raise MissingPart(
            "meshes are read with coal, which is not installed: pip install 'iatro_governor[arm]', "
            "or ros-$ROS_DISTRO-coal on a robot"
        ) from error


def _read_cache(folder: Path | None, digest: str, warnings: list[str]) -> dict[str, list[Capsule]] | None:
    if folder is None or not (path := folder / f"{digest}.json").is_file():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        rows = kept["capsules"]
        if kept["check"] != _check(rows):
            raise ValueError("its content is not what was written")
        return {
            name: [Capsule(np.array(a), np.array(b), r) for a, b, r in found] for name, found in rows.items()
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        warnings.append(f"{path}: not readable as cached capsules ({error!r}); fitted again")
        return None


def _check(rows: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _write_cache(
    folder: Path | None, digest: str, capsules: Mapping[str, Sequence[Capsule]], warnings: list[str]
) -> None:
    """Keep the fit; a folder that cannot be written costs time at the next start, and is only warned of."""
    if folder is None:
        return
    rows = {
        name: [[capsule.start.tolist(), capsule.end.tolist(), capsule.radius] for capsule in found]
        for name, found in capsules.items()
    }
    path = folder / f"{digest}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps({"capsules": rows, "check": _check(rows)}), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        warnings.append(f"the fitted capsules cannot be kept: {error}")
