"""What else could label texts, trained on the same and tried on the same: the table of the model card."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from iatro_governor.testimony import load
from iatro_governor.testimony.features import instances
from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.normalise import normalise
from iatro_governor.training import keywords
from iatro_governor.training.corpus import Corpus, Labelled, corpus, readable
from iatro_governor.training.encoder import Encoder, wordllama
from iatro_governor.training.evaluate import REFUSAL, half_and_group
from iatro_governor.training.examples import own
from iatro_governor.training.fit import fit
from iatro_governor.training.robots import hand_labelled, refusals
from iatro_governor.training.run import STRENGTH
from iatro_governor.training.scores import score

Found = Callable[[Sequence[Labelled], Sequence[Labelled]], np.ndarray]
"""Trained on the first texts: booleans (T, L) of the second."""
_DENSE = 1e-4
_TIMED = 200
_SAMPLE = (
    "I understand that you want the crate moved before the visitors arrive. I will carry it over to bay four now, "
    "slowly, and I keep at least one metre away from everybody who is standing near the racks. Please stay behind the "
    "yellow line while the arm is moving, and do not touch the load. If the floor is wet, somebody could slip and get "
    "hurt, so I would ask the operator to check it first. The lamp is on."
)[:400]


def rivals(data: Path, seed: int, folder: Path, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """A row for each rival: F1 by label, refusal's macro-F1 on robots held out, of how many ``written`` examples that
    is, and how many ``times`` as long a text takes as with the model in ``folder``, which is shipped.
    """
    shipped = load.trained(folder / "labels.onnx").label
    written = len(readable(own("train")))
    encoder = Encoder()
    ways: dict[str, tuple[Found, Callable[[str], object]]] = {
        "keywords": (
            lambda _, held: keywords.present([t.text for t in held]),
            lambda t: keywords.present([t]),
        ),
        "written rules": (_rules, LexicalLabeller().label),
        "hashed n-grams": (_hashed, lambda t: instances(normalise(t))),
        "static vectors (wordllama, 16 MB)": (_dense(_Memory(wordllama)), lambda t: wordllama([t])),
        "sentence encoder (MiniLM, frozen, 91 MB)": (
            _dense(_Memory(encoder.encode)),
            lambda t: encoder.encode([t]),
        ),
    }
    rows = {}
    for name, (found, once) in ways.items():
        say(f"rival: {name}")
        rows[name] = _row(found, data, seed) | {"times": _times(once, shipped), "written": written}
    return rows


def _row(found: Found, data: Path, seed: int) -> dict[str, float]:
    held = [text for text in own("held_out") if text.source == "own"]
    truth = np.array([[text.truth[name] for name in NAMES] for text in held])
    hand = {text.text for text in hand_labelled(data)}
    written = readable(own("train"))
    said = found([*written, *readable(refusals(data, without=hand))], held)
    row = {name: score(truth[:, at], said[:, at], seed).f1 for at, name in enumerate(NAMES)}
    tested: list[bool] = []
    refused: list[bool] = []
    for rest, part in half_and_group(refusals(data), seed):
        tested += [text.truth["refusal"] for text in part]
        refused += list(found([*written, *readable(rest)], part)[:, REFUSAL])
    row["robots"] = score(np.array(tested), np.array(refused), seed).macro_f1
    return row


def _rules(_: Sequence[Labelled], held: Sequence[Labelled]) -> np.ndarray:
    rules = LexicalLabeller()
    return np.array([[rules.label(text.text).has(name) for name in NAMES] for text in held])


def _hashed(texts: Sequence[Labelled], held: Sequence[Labelled]) -> np.ndarray:
    return np.asarray(fit(corpus(texts), STRENGTH).logits(corpus(held)) > 0)


def _dense(encode: Callable[[Sequence[str]], np.ndarray]) -> Found:
    def found(texts: Sequence[Labelled], held: Sequence[Labelled]) -> np.ndarray:
        weights = fit(_vectors(encode, texts), _DENSE, rounds=200, counted=False)
        return np.asarray(weights.logits(_vectors(encode, held)) > 0)

    return found


def _vectors(encode: Callable[[Sequence[str]], np.ndarray], texts: Sequence[Labelled]) -> Corpus:
    known = corpus(texts)
    vectors = encode([text.text for text in texts])
    vectors = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    return replace(known, features=csr_matrix(vectors), firsts=np.arange(len(texts)))


class _Memory:
    """An encoder that encodes each text once."""

    def __init__(self, encode: Callable[[Sequence[str]], np.ndarray]) -> None:
        self._encode = encode
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        new = sorted({text for text in texts if text not in self._known})
        if new:
            self._known.update(zip(new, self._encode(new), strict=True))
        return np.array([self._known[text] for text in texts])


def _times(once: Callable[[str], object], shipped: Callable[[str], object]) -> float:
    """The median thread time of ``once``, over that of ``shipped``, both in turn."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for at in range(2 * _TIMED):
        odd = bool(at % 2)
        began = time.thread_time()
        (shipped if odd else once)(_SAMPLE)
        taken[odd].append(time.thread_time() - began)
    return float(np.median(taken[False]) / np.median(taken[True]))
