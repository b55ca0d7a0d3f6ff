"""Loads the labeller: the one place of this room that reads files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from iatro_governor.errors import MissingPart
from iatro_governor.resources import shared
from iatro_governor.testimony.labels import Labeller
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.trained import TrainedLabeller

MODEL = "models/testimony/labels.onnx"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A labeller, and why it is not the trained one (empty where it is)."""

    labeller: Labeller
    shortfall: str = ""


def labeller(path: Path | None = None) -> Loaded:
    """The trained labeller, or the rules alone and the reason, which the caller must say aloud.

    ``path`` is the ONNX file, ``None`` the one that was installed with the package.
    """
    try:
        return Loaded(trained(shared(MODEL) if path is None else path))
    except MissingPart as missing:
        return Loaded(
            LexicalLabeller(), f"{missing}. Texts are labelled by written rules alone, which miss more"
        )


def trained(path: Path) -> TrainedLabeller:
    """The trained labeller of one ONNX file, on one thread.

    Raises ``MissingPart`` where onnxruntime is not installed or the file cannot be read as a model.
    """
    try:
        import onnxruntime
    except ImportError:
        raise MissingPart(
            "the label model needs onnxruntime, which is not installed (pip install 'iatro_governor[testimony]')"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        model = path.read_bytes()
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise MissingPart(f"the label model {path} cannot be read: {error.strerror}") from None
    except Exception as error:  # noqa: BLE001 - onnxruntime's own errors have no common root
        raise MissingPart(f"the label model {path} is damaged: {str(error)[:200]}") from None
    return TrainedLabeller(session, f"trained-{hashlib.sha256(model).hexdigest()[:12]}")
