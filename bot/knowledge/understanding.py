"""What a message may be about: the words made comparable, every view, every question in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.knowledge.aspects import Asked, Aspects
from bot.knowledge.clauses import Clauses
from bot.knowledge.decide import Calibration, Chances, chances
from bot.knowledge.glossary import Glossary
from bot.knowledge.learned import Vectors
from bot.knowledge.normalise import amounts, fold, letters_share, plain, spoken
from bot.knowledge.search import Search, Sight
from bot.knowledge.sound import Speller
from bot.knowledge.subjects import Subject

_MOSTLY_LETTERS = 0.6  # share of Latin letters from which a message may be typed pinyin
_LATIN = re.compile(r"[a-z][a-z' ,.:-]{11,}")  # a run of foreign words inside a Chinese message


@dataclass(frozen=True, slots=True)
class Hearing:
    """A message as it was understood; the first of `texts` is all of it, the others its parts."""

    said: str
    texts: tuple[str, ...]
    sights: tuple[Sight, ...]
    chances: tuple[Chances, ...]
    asked: tuple[Asked, ...]  # the sections each text asks for
    bare: str  # what is left without words that any question may hold
    amounts: frozenset[float] = frozenset()  # sums of money, in yuan
    passage: Subject | None = None  # a pattern matched: no policy is meant


class Understanding:
    """Hears messages with the words of one content folder."""

    def __init__(
        self, subjects: Sequence[Subject], glossary: Glossary, calibration: Calibration
    ) -> None:
        """Starts without the semantic view; `search` may be replaced by one that has it."""
        self.search = Search(subjects)
        self._subjects = tuple(subjects)
        self._patterns = [(each, subject) for subject in subjects for each in subject.patterns]
        self._is_policy = np.array([subject.kind == "policy" for subject in subjects])
        self._glossary = glossary
        self._calibration = calibration
        self._aspects = Aspects(glossary)
        self._clauses = Clauses(glossary)

    @cached_property
    def _speller(self) -> Speller:  # few people ever type pinyin
        return Speller(
            plain(text)
            for subject in self._subjects
            for text in (*subject.names, *subject.passages, *subject.examples)
        )

    def hear(self, message: str) -> Hearing:
        """Understand `message` by its letters and sounds."""
        said = self._read(message)
        parts = self._clauses.questions(said)
        texts = (said, *parts) if len(parts) > 1 else (said,)
        sights = tuple(self.search.see(text) for text in texts)
        return Hearing(
            said=said,
            texts=texts,
            sights=sights,
            chances=self._chances(sights),
            asked=tuple(self._aspects.asked(text) for text in texts),
            bare=plain(self._aspects.bare(said)),
            amounts=amounts(plain(said)),
            passage=self._pattern(said),
        )

    def weigh(self, hearing: Hearing, vectors: Vectors) -> Hearing:
        """The same message with the meaning of its texts, whose `vectors` these are."""
        sights = tuple(
            self.search.with_meaning(sight, vector)
            for sight, vector in zip(hearing.sights, vectors, strict=True)
        )
        return replace(hearing, sights=sights, chances=self._chances(sights))

    def is_sure(self, hearing: Hearing) -> bool:
        """Whether the letters alone tell what is meant."""
        if hearing.passage is not None:
            return True
        return all(float(each.max()) >= self._calibration.sure for each in hearing.chances)

    def best_by_view(self, hearing: Hearing) -> dict[str, dict[str, float]]:
        """The three best subjects of every view, for whoever asks why."""
        return {
            name: {self._subjects[at].id: round(float(scores[at]), 3)
                   for at in np.argsort(-scores)[:3]}
            for name, scores in hearing.sights[0].views.items()
        }  # fmt: skip

    def subject(self, at: int) -> Subject:
        """The subject whose chances stand at `at`."""
        return self._subjects[at]

    def _read(self, message: str) -> str:
        said = spoken(message, self._glossary)
        if letters_share(said) >= _MOSTLY_LETTERS:
            return self._speller.characters(said) or _without_latin(said)
        return said

    def _chances(self, sights: Sequence[Sight]) -> tuple[Chances, ...]:
        return tuple(chances(sight, self._is_policy, self._calibration) for sight in sights)

    def _pattern(self, said: str) -> Subject | None:
        compact = plain(said)
        for pattern, subject in self._patterns:
            if pattern.search(compact):
                return subject
        return None


def _without_latin(said: str) -> str:
    """A Chinese message without the foreign sentence around it; all of it when nothing is left."""
    rest = _LATIN.sub(" ", fold(said)).strip()
    return rest if len(plain(rest)) >= 4 else said
