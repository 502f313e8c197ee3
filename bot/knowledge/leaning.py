"""Whether a message asks further about what was last spoken of, or names a matter of its own.

材料呢, 我媳妇呢, 个体户呢, 摆摊呢 lean on it; 社保补贴呢, 工伤呢 do not, however little they say.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.bm25 import Scores
from bot.knowledge.decide import Chances
from bot.knowledge.glossary import Glossary
from bot.knowledge.understanding import BARE, Hearing

_SHORT = 20  # characters; a longer sentence says itself what it is about
_OWN_MATTER = 0.6  # chance from which a sentence has a matter of its own
_OWN_MATTERS = 0.8  # the same of a few matters together, where it may be any of them
_SEVERAL = 3
_SURELY_OWN = 0.9  # the same where the words are known of what was spoken of, too
_KNOWS = 0.5  # of how well the best subject holds the words: what is known there leans on it
_TIME = re.compile(r"[\d零一二三四五六七八九十两半几]+(?:年|个?月|天|岁|小时|学期|个|人|平)?")
_SUCH = re.compile(r"^那?在|[的了]呢?\W*$")  # 面积大的呢, 毕业了呢, 在城里呢: of the same matter


class Leaning:
    """Tells follow-ups from questions of their own, by the words of the glossary."""

    def __init__(
        self,
        glossary: Glossary,
        is_policy: NDArray[np.bool_],
        letters: Callable[[str], Scores],
    ) -> None:
        """`is_policy`: of each subject; `letters`: how well each holds the words of a plain
        text."""
        self._is_policy = is_policy
        self._leaning = (*glossary.following, *glossary.others)
        self._cases = re.compile("|".join(map(re.escape, _longest_first(glossary.cases))))
        self._letters = letters

    def leans(self, hearing: Hearing, at: int) -> bool:
        """Whether `hearing` asks further about the subject at `at`."""
        if len(hearing.said) > _SHORT:
            return False
        is_named = bool(hearing.sights[0].views["names"].any())
        if not is_named and (says_nothing(hearing) or self._is_a_case(hearing)):
            is_a_word = bool(self._rest(hearing)) and not _SUCH.search(hearing.said)
            return not (is_a_word and self._is_surely_of_another(hearing.chances[0], at))
        is_bare = len(hearing.bare) < BARE
        is_cued = any(word in hearing.said for word in self._leaning)
        if not is_bare and not is_cued and not hearing.asked[0]:
            return False
        follows = is_bare or (is_cued and len(self._rest(hearing)) < 2 * BARE)
        if not _has_other_matter(hearing.chances[0], at):
            return follows or self._holds(at, hearing.bare)
        if is_named or not is_bare or self._is_surely_of_another(hearing.chances[0], at):
            return False
        return self._holds(at, hearing.bare)

    def _is_a_case(self, hearing: Hearing) -> bool:
        """Whether it only tells for whom, where or when: 小公司呢, 沙河呢, 半年呢, 合伙的呢."""
        return len(self._rest(hearing)) < BARE // 2 or bool(_SUCH.search(hearing.said))

    def _rest(self, hearing: Hearing) -> str:
        """What it says beside for whom, where or when: 停 of 停发呢, 欠 of 欠我工资呢."""
        return _TIME.sub("", self._cases.sub("", hearing.bare))

    def _is_surely_of_another(self, chances: Chances, at: int) -> bool:
        best = int(chances.argmax())
        return best != at and bool(self._is_policy[best] and chances[best] >= _SURELY_OWN)

    def _holds(self, at: int, words: str) -> bool:
        scores = self._letters(words)
        return bool(scores[at] >= _KNOWS * scores.max())


def _has_other_matter(chances: Chances, at: int) -> bool:
    others = chances.copy()
    others[at] = 0
    others.partition(-_SEVERAL)  # the best few are the last
    few = others[-_SEVERAL:]
    return bool(few.max() >= _OWN_MATTER or few.sum() >= _OWN_MATTERS)


def says_nothing(hearing: Hearing) -> bool:
    """Whether a message holds hardly more than what any question may hold."""
    return len(hearing.bare) < BARE // 2


def _longest_first(words: tuple[str, ...]) -> list[str]:
    return sorted(words, key=len, reverse=True)
