"""The kind of work and the hours a sentence asks for."""

from __future__ import annotations

import re

from bot.jobs.phrases import Phrases
from bot.jobs.sentences import Grammar, Sentence
from bot.jobs.vocabulary import Speech
from dialogs.work import WorkType

# Where a sentence says several: "在家做兼职" is work at home.
_FIRST = (
    WorkType.AT_HOME, WorkType.WELFARE, WorkType.SHORT, WorkType.PART_TIME, WorkType.FULL_TIME,
)  # fmt: skip
_REFUSED = re.compile(r"(?:不[要想上能]|别|没)[^,，]{0,2}$")

# "晚上得回家": when they are not to be had.
_AT_HOME_THEN = re.compile(
    r"(?:还|都|也)?(?:得|要|能|想|必须|可以|需要)?(?:赶)?(?:回家|回来住|看孩子|带孩子|接孩子|照[顾看]|伺候|做饭|陪孩子)"
)


class KindReader:
    """Reads kind and hours by the words of speech.yaml."""

    def __init__(self, speech: Speech, grammar: Grammar) -> None:
        kinds = speech.tables["kinds"]
        self._kinds = Phrases({word: WorkType(it) for it, words in kinds.items() for word in words})
        self._hours = Phrases.of(speech.lists["hours"])
        self._grammar = grammar

    def kind(self, said: Sentence) -> WorkType | None:
        """The kind of work that is wished for."""
        found = {
            it.means
            for it in self._kinds.find(said.text)
            if not self._grammar.is_refused(said, it.start, it.end)
        }
        return next((kind for kind in _FIRST if kind in found), None)

    def hours(self, said: Sentence) -> str | None:
        """When they want to work, in their own words: "晚上", "不上夜班"."""
        words = []
        for it in self._hours.find(said.text):
            if _AT_HOME_THEN.match(said.text, it.end):
                continue
            refused = _REFUSED.search(said.text, said.clause_at(it.start).start, it.start)
            words.append(f"{refused[0] if refused else ''}{it.means}")
        return " ".join(dict.fromkeys(words)) or None
