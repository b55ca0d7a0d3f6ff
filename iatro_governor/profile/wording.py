"""What pydantic finds wrong with a file, in words for whoever wrote it: what is allowed there, and what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel

from iatro_governor.profile.base import LARGEST, TOPIC

Shape = Mapping[str, Any]
"""JSON schema of a value."""

ALIKE = 0.75
"""Words more alike than this are taken for a slip of the pen."""
PATTERNS = {
    r"^[A-Za-z][A-Za-z0-9_]*$": "a name: letters, digits and _, a letter first",
    TOPIC: "a topic's name: words of letters, digits and _, no digit first, one / between them",
}
SIGNS = {"exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<="}
BARE = ", without a unit, with a decimal point"


def worded(item: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    """The message and what is allowed, of one finding of pydantic about data of ``model``."""
    message = str(item["msg"]).removeprefix("Value error, ")
    schema = _schema(model)
    at, kind = tuple(item["loc"]), item["type"]
    if kind == "extra_forbidden":
        keys = _keys(_at(schema, at[:-1]), schema)
        return f"no such key{meant(str(at[-1]), keys)}", f"one of: {', '.join(keys)}; no other keys here"
    shape = _at(schema, at)
    wanted = _wanted(shape, schema) if shape is not None else ""
    if kind == "missing":
        return "must be given", wanted or "this key"
    context = item.get("ctx", {})
    if kind == "union_tag_invalid":
        expected = str(context["expected_tags"])
        told = f"{context['discriminator'].strip(chr(39))} {context['tag']!r} is none that is known"
        return told + meant(str(context["tag"]), _quoted(expected)), expected
    if kind in ("literal_error", "enum"):
        return message + meant(item["input"], _quoted(str(context["expected"]))), str(context["expected"])
    if kind in ("bool_parsing", "bool_type"):
        return "Input should be a valid boolean", "true or false"
    if kind == "string_pattern_mismatch":
        return "has other characters than are allowed", PATTERNS.get(
            context["pattern"], f"text like {context['pattern']}"
        )
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "keys are needed here", wanted
    if kind == "value_error" or not wanted:
        return message, message
    if kind == "finite_number":
        return message, f"{wanted}, and finite"
    bare = isinstance(item["input"], str) and wanted.startswith(("a number", "a whole number"))
    return message, wanted + (BARE if bare else "")


@cache
def _schema(model: type[BaseModel]) -> Shape:
    return model.model_json_schema()


def meant(given: object, known: Iterable[str]) -> str:
    """A question whether one of ``known`` was meant, where one is much like ``given`` or begins with it."""
    text, names = str(given), list(known)
    same = [name for name in names if name.lower() == text.lower()]
    begins = [name for name in names if len(text) > 2 and name.startswith(text)]
    found = same or (begins if len(begins) == 1 else get_close_matches(text, names, 1, ALIKE))
    return f"; is {found[0]} meant?" if found else ""


def mentioned(item: Mapping[str, Any]) -> dict[str, Any]:
    """Of a mapping that is wrong as a whole, the keys that the message names, with their values."""
    given = item["input"]
    if not isinstance(given, dict) or not item["loc"]:
        return {}
    words = set("".join(c if c.isalnum() or c == "_" else " " for c in str(item["msg"])).split())
    return {key: value for key, value in given.items() if key in words}


def _quoted(expected: str) -> list[str]:
    return expected.split("'")[1::2]


def _at(schema: Shape, at: Iterable[object]) -> Shape | None:
    """The shape of the value at ``at``, in pydantic's way of telling: tags and names of types stand between keys."""
    shape: Shape | None = schema
    for part in at:
        if (shape := None if shape is None else _step(_resolved(shape, schema), part, schema)) is None:
            return None
    return None if shape is None else _resolved(shape, schema)


def _step(shape: Shape, part: object, schema: Shape) -> Shape | None:
    for option in _options(shape, schema):
        mapping = option.get("discriminator", {}).get("mapping", {})
        if part in mapping:
            return {"$ref": mapping[part]}
        if option.get("title") == part:
            return option
        if part in option.get("properties", {}):
            found: Shape = option["properties"][part]
            return found
        if isinstance(part, int) and option.get("type") == "array":
            first = option.get("prefixItems", [])
            return first[part] if part < len(first) else option.get("items") or None
        if isinstance(part, str) and (named := _by_name(option)) is not None:
            return named
    return None


def _by_name(shape: Shape) -> Shape | None:
    """The shape of every value of a mapping whose keys are names of the writer's own."""
    for values in (*shape.get("patternProperties", {}).values(), shape.get("additionalProperties")):
        if isinstance(values, dict):
            return values
    return None


def _options(shape: Shape, schema: Shape) -> Iterator[Shape]:
    yield shape
    for option in shape.get("anyOf", ()):
        yield _resolved(option, schema)


def _resolved(shape: Shape, schema: Shape) -> Shape:
    while "$ref" in shape:
        shape = schema.get("$defs", {})[shape["$ref"].rpartition("/")[2]]
    return shape


def _keys(shape: Shape | None, schema: Shape) -> list[str]:
    options = () if shape is None else _options(shape, schema)
    return sorted({key for one in options for key in one.get("properties", {})})


def _wanted(shape: Shape, schema: Shape) -> str:
    """What a value may be, in words; empty where that cannot be said in a few."""
    shape = _resolved(shape, schema)
    if "enum" in shape or "const" in shape:
        return " or ".join(map(str, shape.get("enum", [shape.get("const")])))
    if "anyOf" in shape:
        options = [_wanted(one, schema) for one in shape["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(filter(None, options)))
    if mapping := shape.get("discriminator", {}).get("mapping"):
        return f"keys, {shape['discriminator']['propertyName']} among them: {', '.join(mapping)}"
    match shape.get("type"):
        case "boolean":
            return "true or false"
        case "number" | "integer" as kind:
            return f"{'a number' if kind == 'number' else 'a whole number'} {_bounds(shape)}".rstrip()
        case "string":
            return _text(shape)
        case "array":
            return _list(shape, schema)
        case "object":
            needed = shape.get("required") or list(shape.get("properties", {}))
            return f"keys: {', '.join(needed)}" if needed else "keys of your own, each with its value"
    return ""


def _bounds(shape: Shape) -> str:
    if "minimum" in shape and shape["minimum"] == shape.get("maximum"):
        return f"that is {shape['minimum']:g}"
    told = [(sign, shape[name]) for name, sign in SIGNS.items() if name in shape]
    return " and ".join(f"{sign} {value:g}" for sign, value in told if abs(value) != LARGEST)


def _text(shape: Shape) -> str:
    if "pattern" in shape:
        return PATTERNS.get(shape["pattern"], f"text like {shape['pattern']}")
    least = shape.get("minLength", 0)
    about = f" ({shape['description']})" if len(shape.get("description", "")) in range(1, 60) else ""
    return ("text" if least < 2 else f"text of {least} letters or more") + about


def _list(shape: Shape, schema: Shape) -> str:
    each = shape.get("items") or next(iter(shape.get("prefixItems", [])), None)
    least, most = shape.get("minItems"), shape.get("maxItems")
    count = f" of {least}" if least is not None and least == most else ""
    of = _wanted(each, schema) if isinstance(each, dict) else ""
    return f"a list{count}" + (f", each {of}" if of else "")
