"""What a journal may name: this package's own classes and arrays, and nothing that could run anything else."""

from __future__ import annotations

import io
import math
import os
import pickle
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.planar import arc
from iatro_governor.errors import EventError
from iatro_governor.governor.decision import Trap
from iatro_governor.governor.events import Knot
from iatro_governor.governor.permit import Permits
from iatro_governor.ledger.frames import packed, unpacked


class Ours:
    """Stands for an object that a governor shares with its surroundings."""


def test_what_a_governor_is_made_of_comes_back_as_it_was() -> None:
    given = {
        "trap": Trap("amr-1-trap", "ab", ("near",)),
        "knot": Knot(math.inf, (1.0, -0.0), ()),
        "past": deque([(0.1, np.array([1.0, np.nan]))], maxlen=3),
        "sets": {frozenset({1}), frozenset()},
        "where": Path("/a/b"),
        "scalar": np.float64(0.1),
    }
    back = unpacked(packed(given))
    assert back["trap"] == given["trap"] and back["knot"] == given["knot"] and back["sets"] == given["sets"]
    assert back["past"].maxlen == 3 and np.array_equal(back["past"][0][1], [1.0, np.nan], equal_nan=True)
    assert back["where"] == given["where"] and back["scalar"] == 0.1


def test_of_what_is_named_only_the_name_is_written_and_another_object_comes_back() -> None:
    mine, yours = Ours(), Ours()
    data = packed([mine, mine], {"profile": mine})
    assert b"Ours" not in data
    first, second = unpacked(data, {"profile": yours})
    assert first is yours and second is yours
    with pytest.raises(EventError, match="no frame of a journal"):
        unpacked(data)


def test_a_module_that_the_body_needs_is_named_and_no_other_one() -> None:
    assert unpacked(packed({"np": np}, {}))["np"] is np
    with pytest.raises(EventError, match="may not name the module 'os'"):
        unpacked(packed(os, {}))


def test_a_method_of_an_object_of_ours_comes_back_bound() -> None:
    trap, bound = Trap("amr-1-trap", "ab", ()), unpacked(packed(Permits(None).refusal))
    assert bound.__func__ is Permits.refusal and isinstance(bound.__self__, Permits)
    with pytest.raises(EventError, match="may not name '__reduce_ex__'"):
        unpacked(reduced(getattr, (trap, "__reduce_ex__")))
    with pytest.raises(EventError, match="may not name 'append' of a list"):
        unpacked(reduced(getattr, ([], "append")))
    with pytest.raises(EventError, match="may not name 'id' of a Trap"):
        unpacked(reduced(getattr, (trap, "id")))


@pytest.mark.parametrize("name", ["unlink", "write_text", "__enter__"])
def test_of_what_is_not_ours_no_method_comes_back(name: str) -> None:
    """A path may be in a frame, and could remove its file."""
    with pytest.raises(EventError, match=f"may not name '{name}' of a PosixPath"):
        unpacked(reduced(getattr, (Path("/nowhere"), name)))


def test_of_what_is_ours_no_method_of_the_language_comes_back() -> None:
    with pytest.raises(EventError, match="may not name '__init__' of a Permits"):
        unpacked(reduced(getattr, (Permits(None), "__init__")))


def test_without_names_a_name_is_said_to_be_unknown() -> None:
    mine = Ours()
    with pytest.raises(EventError, match="KeyError: 'profile'"):
        unpacked(packed(mine, {"profile": mine}))


class Reduced:
    """Pickled as a call of ``what`` with ``given``."""

    def __init__(self, what: Any, given: tuple[Any, ...]) -> None:
        self.call = what, given

    def __reduce__(self) -> Any:
        return self.call


def reduced(what: Any, given: tuple[Any, ...]) -> bytes:
    out = io.BytesIO()
    pickle.Pickler(out, 5).dump(Reduced(what, given))
    return out.getvalue()


@pytest.mark.parametrize(
    ("what", "given", "named"),
    [
        (os.system, ("false",), "posix.system"),
        (eval, ("1",), "builtins.eval"),
        (Path.unlink, (Path("/nowhere"),), "may not name"),
        (print, (), "builtins.print"),
        (packed, (1,), "iatro_governor.ledger.frames.packed"),
    ],
)
def test_what_could_run_something_else_is_refused_by_its_name(
    what: Any, given: tuple[Any, ...], named: str
) -> None:
    with pytest.raises(EventError, match="a journal may not name") as caught:
        unpacked(reduced(what, given))
    assert named in str(caught.value)


def test_a_function_of_another_room_than_the_governors_is_refused_and_one_borrowed_from_elsewhere_too() -> (
    None
):
    with pytest.raises(EventError, match=r"may not name iatro_governor.*planar.arc"):
        unpacked(reduced(arc, (np.zeros(3),)))
    room, function = b"iatro_governor.governor.core", b"replace"
    borrowed = (
        b"\x80\x05\x8c" + bytes([len(room)]) + room + b"\x8c" + bytes([len(function)]) + function + b"\x93."
    )
    with pytest.raises(EventError, match=r"may not name iatro_governor.*core.replace"):
        unpacked(borrowed)


@pytest.mark.parametrize("data", [b"", b"\x80", b"no pickle at all", b"\x80\x05K\x01"])
def test_bytes_that_are_no_frame_are_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(EventError, match="no frame of a journal"):
        unpacked(data)
