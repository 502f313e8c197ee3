"""Which subject a wording belongs to, learned from everybody's examples by ridge regression.

No library and no random number: the same content gives the same weights. What follows another with
few examples changed keeps what was learned and learns those few.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.bm25 import Scores, grams
from bot.knowledge.kept import Arrays, Kept

Vectors = NDArray[np.float32]

Row = tuple[NDArray[np.int32], Vectors]  # the columns that are not zero, and their values

MOST_EXAMPLES = 10_000  # above it learning takes many seconds, and documents alone must do
_ROUNDS = 4
_WORDING_RIDGE = 0.5
_KEPT_FROM = 2  # a gram of a single example says nothing about others
FEW = 0.03  # share of the examples up to which they are learned beside the others


@dataclass(frozen=True, slots=True)
class Examples:
    """What is learned from: plain texts, each with the place of the subject that it is about."""

    texts: Sequence[str]
    labels: Sequence[int]  # in ascending order
    subjects: Sequence[str]  # the ids of all

    def digest(self, *more: str) -> str:
        """What they and `more` are known by."""
        told = "\0".join((*more, *self.subjects, *map(str, self.labels), *self.texts))
        return sha256(told.encode()).hexdigest()[:16]

    def since(self, before: Examples) -> Changes | None:
        """What differs from `before`; None when that is too much to be learned beside it."""
        if tuple(self.subjects) != tuple(before.subjects):
            return None
        places = defaultdict(list)
        for at, example in enumerate(zip(before.labels, before.texts, strict=True)):
            places[example].append(at)
        now = zip(self.labels, self.texts, strict=True)
        kept = np.array([places[each].pop() if places[each] else -1 for each in now], np.intp)
        gone = [at for left in places.values() for at in left]
        changes = Changes(kept, np.flatnonzero(kept < 0), np.array(gone, np.intp))
        return changes if changes.count <= FEW * len(self.texts) else None


@dataclass(frozen=True, slots=True)
class Changes:
    """Which examples were there before, and which come and go."""

    kept: NDArray[np.intp]  # of each example: its place before, or -1
    fresh: NDArray[np.intp]
    gone: NDArray[np.intp]  # places before

    @property
    def count(self) -> int:
        """How many came or went."""
        return len(self.fresh) + len(self.gone)

    def carried(self, rows: Vectors) -> Vectors:
        """What there was of each example, in its new place; nothing of the fresh ones."""
        carried: Vectors = rows[self.kept]
        carried[self.fresh] = 0
        return carried


def ridge(alike: Vectors, wanted: Vectors, strength: float) -> Vectors:
    """Weights (examples by classes) that bring each example near its row of `wanted`.

    `alike`: how much each example resembles each other one; it is changed.
    """
    alike[np.diag_indices(len(alike))] += strength
    return np.linalg.solve(alike, wanted).astype(np.float32)


def wanted(labels: Sequence[int], classes: int) -> Vectors:
    """1 for each example's own class and 0 for the others, about their mean."""
    rows = np.full((len(labels), classes), -1 / classes, np.float32)
    rows[np.arange(len(labels)), labels] += 1
    return rows


class Wording:
    """Scores of every subject for a plain text, from the grams its examples are made of."""

    def __init__(self, examples: Examples, kept: Kept) -> None:
        """Learn from `examples`, which takes some tenths of a second where `kept` has nothing."""
        self._examples = examples
        self._drift = 0  # examples that were learned beside the others
        known = kept.arrays("wording", examples.digest(str(_WORDING_RIDGE)), self._learned)
        self._know(known["grams"].tolist(), known["rarity"])
        self._weights, self._duals = known["weights"], known["duals"]

    def following(self, examples: Examples, kept: Kept) -> Wording:
        """What `examples` teach, starting from what is known."""
        changes = examples.since(self._examples)
        if changes is None or self._drift + changes.count > FEW * len(examples.texts):
            return Wording(examples, kept)
        wording = copy(self)
        wording._examples, wording._drift = examples, self._drift + changes.count
        wording._weights = self._weights.copy()
        for at in changes.gone:
            columns, values = self._vector(Counter(grams(self._examples.texts[at])))
            wording._weights[columns] -= values[:, None] * self._duals[at]
        wording._duals = changes.carried(self._duals)
        fresh = changes.fresh.tolist()
        rows = [self._vector(Counter(grams(examples.texts[at]))) for at in fresh]
        for _ in range(_ROUNDS):
            wording._learn(fresh, rows)
        return wording

    def scores(self, text: str) -> Scores:
        """About 1 for a subject that surely is meant, about 0 for the others."""
        columns, values = self._vector(Counter(grams(text)))
        return values @ self._weights[columns]

    def _learned(self) -> Arrays:
        texts, classes = self._examples.texts, len(self._examples.subjects)
        counts = [Counter(grams(text)) for text in texts]
        held = Counter(gram for count in counts for gram in count)
        known = [gram for gram, often in held.items() if often >= _KEPT_FROM]
        rarity = [math.log(1 + len(counts) / held[gram]) for gram in known]
        self._know(known, np.array(rarity, np.float32))
        self._weights = np.zeros((len(known), classes), np.float32)
        self._duals = np.zeros((len(counts), classes), np.float32)
        rows = [self._vector(count) for count in counts]
        for _ in range(_ROUNDS):
            self._learn(range(len(rows)), rows)
        names = np.array(known, "U2")
        return {"grams": names, "rarity": self._rarity,
                "weights": self._weights, "duals": self._duals}  # fmt: skip

    def _know(self, grams_known: Sequence[str], rarity: Vectors) -> None:
        self._column = {gram: at for at, gram in enumerate(grams_known)}
        self._rarity = rarity

    def _learn(self, places: Iterable[int], rows: Sequence[Row]) -> None:
        """Go round the examples at `places` once: a vector holds few of all the grams."""
        labels, classes = self._examples.labels, len(self._examples.subjects)
        weights, duals = self._weights, self._duals
        share = np.full(classes, -1 / classes, np.float32)
        for at, (columns, values) in zip(places, rows, strict=True):
            missing = share - values @ weights[columns] - _WORDING_RIDGE * duals[at]
            missing[labels[at]] += 1
            step = missing / (1 + _WORDING_RIDGE)
            duals[at] += step
            weights[columns] += values[:, None] * step

    def _vector(self, count: Counter[str]) -> Row:
        known = [(self._column[gram], often) for gram, often in count.items()
                 if gram in self._column]  # fmt: skip
        columns = np.array([column for column, _ in known], np.int32)
        values = np.array([1 + math.log(often) for _, often in known], np.float32)
        values *= self._rarity[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values
