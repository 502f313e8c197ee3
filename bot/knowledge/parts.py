"""The questions in one message: which policies its parts ask for, beside the message as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.aspects import Asked
from bot.knowledge.decide import Calibration
from bot.knowledge.glossary import Glossary
from bot.knowledge.subjects import Subject
from bot.knowledge.understanding import Hearing

_PART_WEIGHT = 0.7  # a part of the message beside all of it
_PART_BAR = 0.4  # chance from which a part of a message is a question of its own
_PART_SURE = 0.5  # the same, where the message as a whole seems to be about another policy
_PART_OF_STORY = 0.9  # and the same again in a story, which mentions much on its way
_PART_OF_LIST = 0.25  # where the message says itself that it is about several
_STRANGER = 0.4  # what is not ours, as a part beside one that plainly is
_PLAINLY = 0.85  # chance from which a part plainly asks for one policy
_STORY = 45  # characters
ALONE = 0.8  # chance from which the message as a whole seems to be about one policy


@dataclass(frozen=True, slots=True)
class Wanted:
    """One policy to tell about, and what was asked of it."""

    policy: str
    asked: Asked
    text: str


@dataclass(frozen=True, slots=True)
class _Bars:
    """Chances from which a part asks for the policy of the whole message, or for another."""

    main: float
    other: float


class Parts:
    """Tells the questions of a message apart, by the chances and the calibration."""

    def __init__(
        self, subjects: Sequence[Subject], glossary: Glossary, calibration: Calibration
    ) -> None:
        """`subjects` in the order of the chances."""
        self._subjects = tuple(subjects)
        self._is_policy = np.array([subject.kind == "policy" for subject in subjects])
        self._places = {subject.id: at for at, subject in enumerate(subjects)}
        self._glossary = glossary
        self._calibration = calibration

    def wanted(self, hearing: Hearing) -> list[Wanted]:
        """The policies that the parts of the message ask for, in their order."""
        wanted = self._of_parts(hearing)
        if len(wanted) == 1 and not hearing.is_story and len(hearing.said) <= _STORY:
            whole = hearing.chances[0]
            at = int(whole.argmax())
            policy = self._subjects[at].id
            bar = self._beside(next(iter(wanted.values())), hearing)
            if self._is_policy[at] and whole[at] >= bar and policy not in wanted:
                wanted[policy] = Wanted(policy, hearing.asked[0], hearing.question)
        return list(wanted.values())

    def _of_parts(self, hearing: Hearing) -> dict[str, Wanted]:
        whole, parts = hearing.chances[0], hearing.chances[1:]
        bars = self._bars(hearing)
        wanted: dict[str, Wanted] = {}
        for chances, asked, text in zip(parts, hearing.asked[1:], hearing.parts, strict=True):
            said = [each for each in parts if each is not chances and each.max() >= ALONE]
            others = {int(each.argmax()) for each in said}  # what other parts are about already
            if any(self._is_policy[other] for other in others):  # so this one may be ours as well
                chances = np.where(self._is_policy, chances, _STRANGER * chances)
                chances = chances / chances.sum()
            rest = np.where([at in others for at in range(len(whole))], 0, whole)
            at = int((_PART_WEIGHT * chances + (1 - _PART_WEIGHT) * rest).argmax())
            bar = bars.main if at == int(whole.argmax()) else bars.other
            policy = self._subjects[at].id
            if self._is_policy[at] and chances[at] >= bar and policy not in wanted:
                wanted[policy] = Wanted(policy, asked, text)
        return wanted

    def is_mixed(self, hearing: Hearing, wanted: Wanted) -> bool:
        """Whether one part plainly asks for ours and each other one for what is not ours."""
        at = self._places[wanted.policy]
        others = [each for each in hearing.chances[1:] if each[at] < _PLAINLY]
        strange = [self._subjects[int(each.argmax())].kind for each in others
                   if each.max() >= ALONE]  # fmt: skip
        is_short = not hearing.is_story and len(hearing.said) <= _STORY
        is_one = len(others) == len(hearing.parts) - 1
        return is_short and is_one and strange == ["decline"] * len(others) and bool(wanted.asked)

    def _beside(self, wanted: Wanted, hearing: Hearing) -> float:
        """How likely the message as a whole must be about another policy than the only one that a
        part asks for."""
        part = max(chances[self._places[wanted.policy]] for chances in hearing.chances[1:])
        return bar_of(hearing, self._calibration) if part >= ALONE and wanted.asked else ALONE

    def _bars(self, hearing: Hearing) -> _Bars:
        """How likely a policy must be to be what a part asks for."""
        if any(word in hearing.said for word in self._glossary.several):
            return _Bars(_PART_OF_LIST, _PART_OF_LIST)
        if hearing.is_story or len(hearing.said) > _STORY:
            return _Bars(_PART_SURE, _PART_SURE if hearing.is_story else _PART_OF_STORY)
        is_about_one = hearing.chances[0].max() >= ALONE
        return _Bars(_PART_BAR, _PART_SURE if is_about_one else _PART_BAR)


def bar_of(hearing: Hearing, calibration: Calibration) -> float:
    """The chance from which we answer, with the views that took part."""
    return calibration.answer if is_aided(hearing) else calibration.unaided


def is_aided(hearing: Hearing) -> bool:
    """Whether the semantic view took part."""
    return "meaning" in hearing.sights[0].views
