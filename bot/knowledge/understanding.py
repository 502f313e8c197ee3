"""What a message may be about: the words made comparable, every view, every question in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.knowledge.aspects import Asked, Aspects
from bot.knowledge.clauses import ENDS, Clauses
from bot.knowledge.decide import Calibration, Chances, chances, clearest, pooled
from bot.knowledge.glossary import Glossary
from bot.knowledge.learned import Vectors
from bot.knowledge.normalise import (
    amounts,
    fold,
    letters_share,
    plain,
    spoken,
    without_amounts,
)
from bot.knowledge.regions import Regions
from bot.knowledge.search import Search, Sight
from bot.knowledge.sound import Speller
from bot.knowledge.stories import Stories
from bot.knowledge.subjects import Subject

BARE = 4  # characters without which a text hardly has a matter of its own
_A_MATTER = 0.4  # chance from which the letters of a part tell what it is about
_MOSTLY_LETTERS = 0.6  # share of Latin letters from which a message may be typed pinyin
_LATIN = re.compile(r"[a-z][a-z' ,.:-]{11,}")  # a run of foreign words inside a Chinese message


@dataclass(frozen=True, slots=True)
class Hearing:
    """A message as it was understood."""

    said: str
    readings: tuple[str, ...]  # what it may be taken for; the last one is what is asked
    parts: tuple[str, ...]  # the questions in it, when it has several
    sights: tuple[Sight, ...]  # of each of the texts
    chances: tuple[Chances, ...]  # of the message, and of each part
    asked: tuple[Asked, ...]  # the sections that the message asks for, and each part
    bare: str  # what is left without words that any question may hold
    amounts: frozenset[float] = frozenset()  # sums of money, in yuan
    places: frozenset[str] = frozenset()  # places outside ours that it asks about
    passage: Subject | None = None  # a pattern matched: no policy is meant

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is looked at: the readings, then the parts."""
        return self.readings + self.parts

    @property
    def is_story(self) -> bool:
        """Whether its question stands among much else."""
        return self.question != self.said

    @property
    def question(self) -> str:
        """What was taken as the question."""
        return self.readings[-1]


class Understanding:
    """Hears messages with the words of one content folder."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        glossary: Glossary,
        calibration: Calibration,
        search: Search | None = None,
    ) -> None:
        """Starts without the semantic view; `search` may be replaced by one that has it."""
        self.search = search or Search(subjects)
        self._subjects = tuple(subjects)
        self._patterns = [(each, subject) for subject in subjects for each in subject.patterns]
        self._is_policy = np.array([subject.kind == "policy" for subject in subjects])
        self._glossary = glossary
        self._calibration = calibration
        self.aspects = Aspects(glossary)
        self._clauses = Clauses(glossary)
        self._stories = Stories(glossary, self._clauses)
        self._regions = Regions(glossary)

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
        bare = plain(self.aspects.bare(said))
        readings = self._readings(message, said, bare)
        question = readings[-1]
        parts = self._parts(question, question != said)
        sights = tuple(self.search.see(text) for text in (*readings, *parts))
        return Hearing(
            said=said,
            readings=readings,
            parts=parts,
            sights=sights,
            chances=self._chances(sights, readings, question != said),
            asked=tuple(self.aspects.asked(text) for text in (question, *parts)),
            bare=bare,
            amounts=amounts(plain(said)),
            places=self._regions.asked(question),
            passage=self._pattern(said),
        )

    def weigh(self, hearing: Hearing, vectors: Vectors) -> Hearing:
        """The same message with the meaning of its texts, whose `vectors` these are."""
        sights = tuple(
            self.search.with_meaning(sight, vector)
            for sight, vector in zip(hearing.sights, vectors, strict=True)
        )
        return replace(
            hearing,
            sights=sights,
            chances=self._chances(sights, hearing.readings, hearing.is_story),
        )

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

    def _readings(self, message: str, said: str, bare: str) -> tuple[str, ...]:
        """`said`, and the question of a story, or the message without its sum of money.

        A sum may confirm what is meant, but it names nothing by itself.
        """
        question = self._stories.question(fold(message))
        if len(question) < len(fold(message)):
            return said, spoken(question, self._glossary)
        rest = without_amounts(plain(said))
        is_sum_beside = amounts(bare) and len(without_amounts(bare)) >= BARE
        return (rest, said) if is_sum_beside and not self.search.names(said) else (said,)

    def _parts(self, question: str, is_story: bool) -> tuple[str, ...]:
        """The questions in `question`; one that names no matter is about that before it, and none
        of its own where nothing was named before."""
        parts: list[str] = []
        matter, fewest = "", BARE if is_story else BARE // 2
        for part in self._clauses.questions(question):
            bare = self.aspects.bare(part).strip(ENDS)
            is_bare = len(plain(bare)) < fewest and not self.search.names(part)
            leans = is_bare or (matter and not self._names_matter(part))
            if matter or not is_bare:
                parts.append(matter + part if leans else part)
            matter = matter if leans else bare
        return tuple(parts) if len(parts) > 1 else ()

    def _names_matter(self, part: str) -> bool:
        seen = chances(self.search.see(part), self._is_policy, self._calibration)
        return bool(seen.max() >= _A_MATTER)

    def _chances(
        self, sights: Sequence[Sight], readings: tuple[str, ...], is_story: bool
    ) -> tuple[Chances, ...]:
        each = [chances(sight, self._is_policy, self._calibration) for sight in sights]
        whole = (clearest if is_story else pooled)(each[: len(readings)])
        return whole, *each[len(readings) :]

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
