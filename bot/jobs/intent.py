"""Is a sentence a wish for work, a question what work there is, or neither?

A policy question must never be taken for either: whoever asks for rules gets the rules. So a word
of policy decides, and without one a sentence must name work as well as want it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from typing import Literal

from bot.jobs.phrases import Phrases, blank
from bot.jobs.sentences import Sentence
from bot.jobs.vocabulary import Speech
from dialogs.work import WorkType

# Work that is given out by policy: who asks for it without saying where asks how to get it.
_BY_POLICY = frozenset({"公益岗", "居家"})
_KINDS_BY_POLICY = frozenset({WorkType.AT_HOME, WorkType.WELFARE})
_KINDS = frozenset({WorkType.PART_TIME, WorkType.SHORT, WorkType.FULL_TIME})
_PLACED = frozenset({"counties", "pay_min"})
_LONGEST = 60  # signs: a longer one tells a story
_SIGN = re.compile(r"[^\W○]")
_HOW_MUCH = "多少"
_ASKED_LAST = re.compile(r"吧\W*$|(?<![有招要人工活岗位行中好可以雇管])(?<!要的)[不吗没]\W*$")


class IntentReader:
    """Tells wishes and searches by the words of speech.yaml."""

    def __init__(self, speech: Speech) -> None:
        self._policy = Phrases.of(speech.lists["policy"])
        self._person = Phrases.of(speech.lists["person"])
        self._wanting = Phrases.of(speech.lists["wanting"])
        self._seeking = Phrases.of(speech.lists["seeking"])
        self._asking = Phrases.of(speech.lists["asking"])
        self._employer = Phrases.of(speech.lists["employer"])
        small = (*speech.lists["small"], *speech.lists["wanting"], *speech.lists["work"])
        self._small = Phrases.of(small)
        self._work = Phrases.of(speech.lists["work"])

    def is_question(self, said: Sentence) -> bool:
        """Whether it asks for rules rather than for work."""
        text = blank(said.text, list(self._person.find(said.text)))
        return self._policy.within(text)

    def intent(
        self, said: Sentence, fields: Mapping[str, object], groups: Set[str], is_outright: bool
    ) -> Literal["wish", "search"] | None:
        """`fields`: what the sentence says of work; `groups`: those of its trades; `is_outright`:
        a trade is named rather than hinted at."""
        if len(said.text) > _LONGEST or self.is_question(said) or self.asks(said):
            return None
        is_placed = bool(fields.keys() & _PLACED) or isinstance(fields.get("away"), list)
        by_policy = bool(groups) and groups <= _BY_POLICY
        if (by_policy or fields.get("work_type") in _KINDS_BY_POLICY) and not is_placed:
            return None
        wants, seeks = self._wanting.within(said.text), self._seeking.within(said.text)
        if _HOW_MUCH in said.text and not (wants or seeks):
            return None  # of a rule as well as of a wage
        has_work = is_outright or (is_placed and self._has_work(said, groups))
        if has_work and seeks:
            return "search"
        if has_work and (wants or is_placed or fields.get("work_type") in _KINDS):
            return "wish"
        return "wish" if wants and self._says_only_that(said) else None

    def _says_only_that(self, said: Sentence) -> bool:
        """Whether the sentence wants work and says nothing else at all: "我想找个活"."""
        rest = blank(said.text, list(self._small.find(said.text)))
        return self._work.within(said.text) and not _SIGN.search(rest)

    def asks(self, said: Sentence) -> bool:
        """Whether it is put as a question, or comes from an employer."""
        words = self._asking.within(said.text) or self._employer.within(said.text)
        return words or bool(_ASKED_LAST.search(said.text))

    def _has_work(self, said: Sentence, groups: Collection[str]) -> bool:
        return bool(groups) or self._work.within(said.text)
