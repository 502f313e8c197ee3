"""Which subjects a sentence may be about, seen from several sides; `decide` weighs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain

from bot.knowledge.bm25 import Bm25, Scores, grams
from bot.knowledge.learned import MOST_EXAMPLES, Vectors, Wording
from bot.knowledge.meaning import Meaning
from bot.knowledge.names import Names
from bot.knowledge.normalise import plain
from bot.knowledge.sound import syllables
from bot.knowledge.subjects import Subject


@dataclass(frozen=True, slots=True)
class Sight:
    """What the views see in one sentence: the scores of every subject, view by view."""

    views: Mapping[str, Scores]
    weight: float  # how much there is to find in the sentence


class Search:
    """The views over one set of subjects."""

    def __init__(self, subjects: Sequence[Subject], vectors: Vectors | None = None) -> None:
        """`vectors`: one row for each of `spoken_examples(subjects)`; without them no meaning."""
        self.subjects = tuple(subjects)
        told = [[plain(text) for text in _everything(subject)] for subject in subjects]
        self._letters = Bm25([*chain.from_iterable(map(grams, texts))] for texts in told)
        self._sound = Bm25(syllables("".join(texts)) for texts in told)
        self._names = Names([subject.names for subject in subjects])
        examples = spoken_examples(subjects)
        labels = [label for label, _ in examples]
        texts = [plain(text) for _, text in examples]
        learned = len(texts) <= MOST_EXAMPLES
        self._wording = Wording(texts, labels, len(subjects)) if learned else None
        self._meaning = None if vectors is None else Meaning(vectors, labels, len(subjects))

    def seeing(self, vectors: Vectors) -> Search:
        """The same search with the meaning view: `vectors` as in the constructor."""
        labels = [label for label, _ in spoken_examples(self.subjects)]
        search = copy(self)
        search._meaning = Meaning(vectors, labels, len(self.subjects))
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
        return Sight(views, self._letters.weight(tokens))

    def names(self, text: str) -> bool:
        """Whether `text` holds the name of a subject."""
        return bool(self._names.scores(plain(text)).any())

    def with_meaning(self, sight: Sight, vector: Vectors) -> Sight:
        """`sight` and what the `vector` of the same text tells."""
        assert self._meaning is not None
        meaning, nearest = self._meaning.scores(vector)
        return Sight({**sight.views, "meaning": meaning, "meaning_nearest": nearest}, sight.weight)


def spoken_examples(subjects: Sequence[Subject]) -> list[tuple[int, str]]:
    """Everything the learned views learn from: the subject's place, and a text of it."""
    return [
        (at, text)
        for at, subject in enumerate(subjects)
        for text in (*subject.names, *subject.passages, *subject.examples)
    ]


def _everything(subject: Subject) -> tuple[str, ...]:
    return (*subject.names, *subject.passages, *subject.examples)
