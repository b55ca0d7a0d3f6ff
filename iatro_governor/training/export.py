"""Writes the fitted model as one ONNX graph of standard operators."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from iatro_governor.testimony.features import DIMENSIONS
from iatro_governor.testimony.labels import NAMES, PRESENT_AT
from iatro_governor.testimony.trained import INPUTS, OUTPUTS
from iatro_governor.training.calibrate import TERMS, Calibration
from iatro_governor.training.fit import SHARPNESS, Weights

OPSET = 18
_MAKER = "iatro_governor.training.testimony"


def to_onnx(weights: Weights, calibration: Calibration) -> bytes:
    """The graph: gather the features' rows, add them up by passage, pool the passages, join the rules, calibrate."""
    size = len(NAMES)
    constants: dict[str, np.ndarray] = {
        "table": weights.table[:DIMENSIONS].astype(np.float16),
        "of_places": weights.table[DIMENSIONS:].astype(np.float32),
        "bias": weights.bias.astype(np.float32),
        "last": np.array([-1], dtype=np.int64),
        "size": np.array([size], dtype=np.int64),
        "sharpness": np.array(SHARPNESS, dtype=np.float32),
        "first": np.array([0], dtype=np.int64),
        "present_at": np.array(PRESENT_AT, dtype=np.float32),
    }
    constants |= {
        f"of_{term}": row.astype(np.float32) for term, row in zip(TERMS, calibration.weights, strict=True)
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["table", "rows"], ["halves"]),
        node("Cast", ["halves"], ["evidence"], to=TensorProto.FLOAT),
        node("Shape", ["scales"], ["count"]),
        node("Concat", ["count", "size"], ["shape"], axis=0),
        node("ConstantOfShape", ["shape"], ["empty"]),
        node("Unsqueeze", ["owners", "last"], ["targets"]),
        node("ScatterND", ["empty", "targets", "evidence"], ["sums"], reduction="add"),
        node("Unsqueeze", ["scales", "last"], ["column"]),
        node("Mul", ["sums", "column"], ["scaled"]),
        node("Gather", ["of_places", "places"], ["placed"]),
        node("Sum", ["scaled", "placed", "bias"], ["passages"]),
        node("Mul", ["passages", "sharpness"], ["sharp"]),
        node("Softmax", ["sharp"], ["shares"], axis=0),
        node("Mul", ["shares", "passages"], ["shared"]),
        node("ReduceSum", ["shared", "first"], ["pooled"], keepdims=0),
        node("GreaterOrEqual", ["rules", "present_at"], ["said"]),
        node("Cast", ["said"], ["flags"], to=TensorProto.FLOAT),
        *_linear("logit_extent", "logit", "pooled", "by_model"),
        *_linear("flag_extent", "flag", "flags", "by_flags"),
        node("Mul", ["rules", "of_score"], ["by_scores"]),
        node("Sum", ["by_model", "by_flags", "by_scores", "of_one"], ["logits"]),
        node("Sigmoid", ["logits"], ["scores"]),
    ]
    value = helper.make_tensor_value_info
    rows, owners, scales, places, rules, extent = INPUTS
    scores, passages, evidence = OUTPUTS
    graph = helper.make_graph(
        nodes,
        "labels",
        [
            value(rows, TensorProto.INT32, ["features"]),
            value(owners, TensorProto.INT64, ["features"]),
            value(scales, TensorProto.FLOAT, ["passages"]),
            value(places, TensorProto.INT64, ["passages"]),
            value(rules, TensorProto.FLOAT, [size]),
            value(extent, TensorProto.FLOAT, [1]),
        ],
        [
            value(scores, TensorProto.FLOAT, [size]),
            value(passages, TensorProto.FLOAT, ["passages", size]),
            value(evidence, TensorProto.FLOAT, ["features", size]),
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(
        graph, producer_name=_MAKER, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _linear(slope: str, constant: str, times: str, name: str) -> list[onnx.NodeProto]:
    """Nodes of ``(extent * of_slope + of_constant) * times``, under ``name``."""
    return [
        helper.make_node("Mul", ["extent", f"of_{slope}"], [f"{name}_slope"]),
        helper.make_node("Add", [f"{name}_slope", f"of_{constant}"], [f"{name}_factor"]),
        helper.make_node("Mul", [f"{name}_factor", times], [name]),
    ]
