"""Which subjects a sentence may be about, seen from several sides; `decide` weighs them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np

from bot.knowledge.bm25 import Bag, Bm25, Scores, Vocabulary, grams
from bot.knowledge.kept import Kept
from bot.knowledge.learned import MOST_EXAMPLES, Examples, Vectors, Wording
from bot.knowledge.meaning import Meaning
from bot.knowledge.names import Names
from bot.knowledge.normalise import plain
from bot.knowledge.sound import syllables
from bot.knowledge.subjects import Subject

_KEPT = 512  # subjects; more would take more memory than they save time

VIEWS = ("letters", "sound", "names", "wording", "meaning")
_NOTHING = Kept(None)

_letters, _sounds = Vocabulary(), Vocabulary()


@dataclass(frozen=True, slots=True)
class Sight:
    """What the views see in one sentence: the scores of every subject, view by view."""

    views: Mapping[str, Scores]
    weight: float  # how much there is to find in the sentence


class Search:
    """The views over one set of subjects."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        vectors: Vectors | None = None,
        before: Search | None = None,
        kept: Kept = _NOTHING,
    ) -> None:
        """`vectors`: one row for each of `spoken_examples(subjects)`; without them no meaning.
        `before`: the search this one follows; where few examples changed, only those are learned.
        `kept`: what was learned in earlier runs."""
        self.subjects = tuple(subjects)
        self._letters = Bm25([_told(subject)[0] for subject in subjects], _letters)
        self._sound = Bm25([_told(subject)[1] for subject in subjects], _sounds)
        self._names = Names([subject.names for subject in subjects])
        self._examples = _examples(subjects)
        self._kept = kept
        self._wording: Wording | None = self._learned(before._wording if before else None)
        self._meaning: Meaning | None = None
        self._former: Meaning | None = (before._meaning or before._former) if before else None
        self._closed: frozenset[str] = frozenset()
        if vectors is not None:
            self._meaning = self._meant(vectors)

    def without(self, views: Collection[str]) -> Search:
        """The same search with some of the VIEWS closed: what each is worth shows in what it then
        misses."""
        search = copy(self)
        search._closed = frozenset(views)
        if "meaning" in views:
            search._meaning = None
        return search

    def seeing(self, vectors: Vectors) -> Search:
        """The same search with the meaning view: `vectors` as in the constructor."""
        search = copy(self)
        search._meaning = self._meant(vectors)
        search._former = None
        return search

    @property
    def has_meaning(self) -> bool:
        """Whether `with_meaning` may be called."""
        return self._meaning is not None

    def see(self, text: str) -> Sight:
        """What the letters, the sound and the wording of `text` tell."""
        said = plain(text)
        tokens = grams(said)
        views = {
            "letters": self._letters.scores(tokens),
            "sound": self._sound.scores(syllables(said)),
            "names": self._names.scores(said),
        }
        if self._wording is not None:
            views["wording"] = self._wording.scores(said)
        for closed in self._closed & views.keys():
            views[closed] = np.zeros_like(views[closed])
        return Sight(views, self._letters.weight(tokens))

    def letters(self, text: str) -> Scores:
        """How well each subject holds the neighbours in a plain `text`."""
        return self._letters.scores([gram for gram in grams(text) if len(gram) > 1] or text)

    def names(self, text: str) -> bool:
        """Whether `text` holds the name of a subject."""
        return "names" not in self._closed and bool(self._names.scores(plain(text)).any())

    def with_meaning(self, sight: Sight, vector: Vectors) -> Sight:
        """`sight` and what the `vector` of the same text tells."""
        assert self._meaning is not None
        meaning, nearest = self._meaning.scores(vector)
        return Sight({**sight.views, "meaning": meaning, "meaning_nearest": nearest}, sight.weight)

    def _learned(self, before: Wording | None) -> Wording | None:
        if len(self._examples.texts) > MOST_EXAMPLES:
            return None
        if before is None:
            return Wording(self._examples, self._kept)
        return before.following(self._examples, self._kept)

    def _meant(self, vectors: Vectors) -> Meaning:
        if self._former is None:
            return Meaning(self._examples, vectors, self._kept)
        return self._former.following(self._examples, vectors, self._kept)


def spoken_examples(subjects: Sequence[Subject]) -> list[tuple[int, str]]:
    """Everything the learned views learn from: the subject's place, and a text of it."""
    return [(at, text) for at, subject in enumerate(subjects) for text in _everything(subject)]


def _everything(subject: Subject) -> tuple[str, ...]:
    return (*subject.names, *subject.passages, *subject.examples)


def _examples(subjects: Sequence[Subject]) -> Examples:
    texts = [_plain(subject) for subject in subjects]
    labels = [at for at, of_one in enumerate(texts) for _ in of_one]
    return Examples([*chain.from_iterable(texts)], labels, [subject.id for subject in subjects])


@lru_cache(_KEPT)
def _plain(subject: Subject) -> tuple[str, ...]:
    return tuple(map(plain, _everything(subject)))


@lru_cache(_KEPT)
def _told(subject: Subject) -> tuple[Bag, Bag]:
    """What a subject says, by its letters and by its sounds."""
    texts = _plain(subject)
    letters = _letters.bag(chain.from_iterable(map(grams, texts)))
    return letters, _sounds.bag(syllables("".join(texts)))
