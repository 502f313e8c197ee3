"""A sentence about work, made comparable, and what its words govern: what is refused, what was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bot.jobs.vocabulary import Speech
from bot.knowledge.normalise import fold

_ENDS = re.compile(r"[,，;；!！?？。\n\r\t~…]|\.(?!\d)|(?<!\d) +| +(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_REACH = 8  # signs before a thing within which a refusal is meant for it
_SCHOOLS = "[大中小同开放化数文科初高上没]"  # with 学 they are no learning
_FAULT = "太?[^,，也都]{0,2}[大脏累远险吵低少苦热冷重]"  # "养猪场味大不去"
_UNTOLD = "别再?[给跟和](?:我|俺|咱)们?(?:说|提|介绍|找|推荐|发)"
# Before a name that begins with a verb: "不跑外卖", but not "要不看大门".
_NOT_DONE = re.compile(r"(?<![要用好会能干])不(?=[干做开跑送看卖养种当搬焊修教])")
_KNOWN = re.compile(r"的(?!有)|专业|毕业|出身")
_NOW = ("现在", "如今", "这会儿", "想", "要", "找")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, at `text[start:end]` of the whole."""

    start: int
    end: int
    is_past: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A folded text and its clauses."""

    text: str
    clauses: tuple[Clause, ...]

    def clause_at(self, at: int) -> Clause:
        """The clause in which a sign stands."""
        return next((it for it in self.clauses if it.start <= at < it.end), self.clauses[-1])


class Grammar:
    """What words govern other words, by the lists of speech.yaml."""

    def __init__(self, speech: Speech) -> None:
        self._misheard = speech.tables["misheard"]
        self._past = speech.lists["past"]
        self._refuses = _refusal(speech.lists["denial"])
        self._refused = _refused_after(speech.lists["denial_after"])
        learning = _alternatives(speech.lists["learning"])
        self._learns = re.compile(f"(?:{learning})[^,，]{{0,4}}$|(?<!{_SCHOOLS})学$")

    def sentence(self, text: str) -> Sentence:
        """`text`, folded, mishearings put right, cut into clauses."""
        folded = _THOUSANDS.sub("", fold(text))
        for wrong, right in self._misheard.items():
            folded = folded.replace(wrong, right)
        cuts = [0, *(it.end() for it in _ENDS.finditer(folded)), len(folded)]
        clauses = [self._clause(folded, a, b) for a, b in pairwise(cuts) if a < b]
        return Sentence(folded, tuple(clauses) or (Clause(0, 0, False),))

    def is_refused(self, said: Sentence, start: int, end: int) -> bool:
        """Whether the thing at `text[start:end]` is not wanted."""
        clause = said.clause_at(start)
        before = said.text[max(clause.start, start - _REACH) : start]
        return (
            (start > 0 and bool(_NOT_DONE.match(said.text, start - 1)))
            or bool(self._refuses.search(before))
            or bool(self._refused.match(said.text, end, clause.end))
        )

    def is_learned(self, said: Sentence, start: int, end: int) -> bool:
        """Whether they want to learn the thing at `text[start:end]`; "学护理的" have learnt it."""
        found = self._learns.search(said.text, said.clause_at(start).start, start)
        is_known = found is not None and found[0] == "学" and _KNOWN.match(said.text, end)
        return found is not None and not is_known

    def _clause(self, text: str, start: int, end: int) -> Clause:
        said = text[start:end]
        after = [said.rpartition(word)[2] for word in self._past if word in said]
        rest = min(after, key=len, default="")
        return Clause(start, end, bool(after) and not any(it in rest for it in _NOW))


def _refusal(words: Iterable[str]) -> re.Pattern[str]:
    """A refusal reaches to the end of the text unless something is wished for in between."""
    told = _alternatives(words)
    return re.compile(
        rf"(?<![要想干会能去做找进跑当])(?:{told})(?!求|紧|限|挑|管)(?:(?![想找要就还的]|别的)[^,，])*$"
    )


def _refused_after(words: Iterable[str]) -> re.Pattern[str]:
    """A refusal after the thing ends its clause: "会计不要兼职" is no refusal of 会计."""
    told = _alternatives(words)
    lead = rf"(?:{_FAULT})?(?:的活|的|那边|那|这|我|俺|咱|都|也|就|可|活|种){{0,4}}"
    return re.compile(rf"{lead}(?:(?:{told})(?=$|[了的也就都,，。;；!！ ])|{_UNTOLD})")


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
