"""Consent: asked with a versioned notice, once for each purpose, before the first personal datum.

A refusal refuses only what was asked: whoever refused may go on without it, and is asked again when
they come back to the same thing by themselves.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from dialogs.questions import match
from dialogs.talk import Pause, Question, Talk, Unclear

AGREE = "同意"
REFUSE = "不同意"

_TITLES = {AGREE: AGREE, REFUSE: REFUSE}
_YES = frozenset({"我同意", "好", "好的", "可以", "行", "是", "是的", "愿意", "我愿意", "没问题"})
_NO = frozenset({"我不同意", "不", "不行", "不可以", "不愿意", "不是", "不要", "拒绝", "算了吧"})


class Purpose(StrEnum):
    """What a consent is for; each is asked on its own."""

    REGISTER = "register"  # to be in the ledger
    SENSITIVE = "sensitive"  # health, hardship category, location
    EMPLOYER = "employer"  # name and phone go to an employer


class Consents(Protocol):
    """What visitors have agreed or refused to."""

    def version(self, purpose: Purpose) -> str:
        """The version of the notice that is shown now."""
        ...

    async def given(self, visitor: str, purpose: Purpose, version: str) -> bool | None:
        """The last answer to this version; None when it was never asked."""
        ...

    async def record(
        self, visitor: str, purpose: Purpose, version: str, given: bool, key: str
    ) -> None:
        """Keep an answer; the same `key` is kept once."""
        ...


async def consent(talk: Talk, purpose: Purpose, consents: Consents) -> bool:
    """Whether the visitor agrees; asks, with the notice, whoever has not agreed to it before.

    Records nothing: `remember_consent` does, with the script's other effects.
    """
    version = consents.version(purpose)
    if await consents.given(talk.visitor, purpose, version):
        return True
    try:
        # The version is part of the name: an answer to an older notice is none to this one.
        answer = await talk.ask(f"{purpose}_{version}", _agreement())
    except Pause as pause:
        pause.prompt = replace(pause.prompt, words=f"consent.{purpose}")
        raise
    return answer == AGREE


async def remember_consent(talk: Talk, purpose: Purpose, consents: Consents, given: bool) -> None:
    """Keep the answer to the notice as it stands now: an effect, so it comes after the last
    question."""
    version = consents.version(purpose)
    await consents.record(talk.visitor, purpose, version, given, f"{talk.event}:{purpose}")


def _agreement() -> Question[str]:
    return Question(_read_agreement, tuple(_TITLES.items()))


def _read_agreement(text: str) -> str:
    said = text.strip(" 。.!！,，~")
    if said in _YES:
        return AGREE
    if said in _NO:
        return REFUSE
    answer = match(_TITLES, said)
    if answer is None:
        raise Unclear("questions.pick", titles=list(_TITLES))
    return answer
