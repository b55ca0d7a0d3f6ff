"""Clouds as they come over the wire."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from iatro_governor.errors import EventError
from iatro_governor.nodes.sensing import cloud_xyz

CODES = {
    PointField.INT8: "b",
    PointField.UINT8: "B",
    PointField.INT16: "h",
    PointField.UINT16: "H",
    PointField.INT32: "i",
    PointField.UINT32: "I",
    PointField.FLOAT32: "f",
    PointField.FLOAT64: "d",
}


def packed(points, kinds=(7, 7, 7), big=False, width=None, lead=4, pad=3, row_pad=5):
    """A cloud with something before, between and after its numbers, written byte by byte."""
    width = len(points) if width is None else width
    height = len(points) // width if width else 0
    fields, offset = [PointField(name="rgb", offset=0, datatype=PointField.UINT8, count=4)], lead
    for name, kind in zip("zyx", kinds, strict=True):  # in another order than they are asked for
        fields.append(PointField(name=name, offset=offset, datatype=kind, count=1))
        offset += struct.calcsize(CODES[kind]) + pad
    data = b""
    for row in range(height):
        for point in points[row * width : (row + 1) * width]:
            one = b"\x7f" * lead
            for value, kind in zip(reversed(point), kinds, strict=True):
                one += struct.pack((">" if big else "<") + CODES[kind], value) + b"\x7f" * pad
            data += one
        data += b"\x7f" * row_pad
    return PointCloud2(
        header=Header(frame_id="camera"),
        height=height,
        width=width,
        fields=fields,
        is_bigendian=big,
        point_step=offset,
        row_step=width * offset + row_pad,
        data=data,
    )


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(*[st.integers(0, 127)] * 3), max_size=12),
    kinds=st.tuples(*[st.sampled_from(sorted(CODES))] * 3),
    big=st.booleans(),
    pads=st.tuples(*[st.integers(0, 9)] * 3),
    rows=st.integers(1, 3),
)
def test_any_layout_of_a_cloud_is_read(points, kinds, big, pads, rows):
    width = len(points) // rows
    points = points[: width * rows]
    message = packed(points, kinds, big, width, 4 + pads[0], pads[1], pads[2])
    assert cloud_xyz(message) == pytest.approx(np.array(points, dtype=float).reshape(-1, 3))


def test_fractions_and_what_is_no_number_come_through():
    message = packed([(1.25, -2.5, math.nan), (math.inf, 0.0, -1e30)], (8, 7, 7))
    np.testing.assert_allclose(cloud_xyz(message), [[1.25, -2.5, math.nan], [math.inf, 0.0, -1e30]])


def spoilt(**changes):
    message = packed([(1, 2, 3)] * 6, width=3)
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def renamed(old, **changes):
    message = packed([(1, 2, 3)] * 6, width=3)
    field = next(field for field in message.fields if field.name == old)
    for name, value in changes.items():
        setattr(field, name, value)
    return message


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (spoilt(fields=[]), "0 fields 'x'"),
        (renamed("y", name="x"), "2 fields 'x'"),
        (renamed("z", datatype=9), "datatype 9"),
        (renamed("z", datatype=0), "datatype 0"),
        (renamed("z", count=3), "count 3"),
        (renamed("x", offset=30), "beyond point_step"),
        (spoilt(point_step=4), "beyond point_step"),
        (spoilt(row_step=5), "row_step 5"),
        (spoilt(height=3), "bytes; 3 rows"),
        (spoilt(width=4), "row_step"),
        (spoilt(data=b""), "0 bytes"),
    ],
)
def test_a_cloud_that_does_not_fit_its_own_description_is_refused(message, said):
    with pytest.raises(EventError, match=said):
        cloud_xyz(message)
