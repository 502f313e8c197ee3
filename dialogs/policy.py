"""Policy questions: find the policy that is meant and say what its text says, or say that we do not
know and offer a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from dialogs.menu import menu, person
from dialogs.questions import pick_or_words, words
from dialogs.talk import Anew, HandOver, Option, Outcome, Reply, Talk

NONE_OF_THESE = "都不是"
LEAD = "lead"  # the part of a policy that matters most


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures of an answer stand."""

    title: str
    issuer: str
    document: str  # its number, or 原文未载明
    published: str  # ISO date; empty where it has none
    url: str


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """What one policy's own text says to the question."""

    policy: str
    title: str
    version: str  # digest of the policy's file
    lead: str  # the section that answers what was asked
    also: tuple[str, ...]  # further lines worth knowing: figures with their conditions
    note: str  # how far it still holds: "2018年的做法…", "现行" …
    source: Source
    further: tuple[Source, ...] = ()  # other sources of what is told
    has_rules: bool = False  # whether it can be worked out who gets it

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source of what is told, the main one first."""
        return (self.source, *self.further)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer for each thing that was asked, the main one first."""

    answers: tuple[PolicyAnswer, ...]
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """Not sure: up to three policies to choose from, as (id, title)."""

    titles: tuple[tuple[str, str], ...]
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declined:
    """Not known. `passage` is a key of content/replies that says so kindly."""

    passage: str = "policy.unknown"
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chatted:
    """Not a question: a greeting, thanks, trouble; `passage` is a key of content/replies."""

    passage: str
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Started:
    """Not a question but a wish: another conversation takes it up."""

    script: str
    evidence: Mapping[str, object] = field(default_factory=dict)


Found = Answered | Choices | Declined | Chatted | Started


class Library(Protocol):
    """The policies, as this conversation needs them."""

    async def find(self, question: str, *, about: tuple[str, ...] = ()) -> Found:
        """What the policies say to `question`; `about`: ids of the policies last spoken of."""
        ...

    def titles(self) -> dict[str, str]:
        """Id and title of every policy."""
        ...

    def parts(self) -> dict[str, str]:
        """Key and heading of every section a policy may have."""
        ...

    def show(self, policy: str, part: str, question: str = "") -> PolicyAnswer:
        """The section `part` of `policy`; for LEAD, the one that `question` asks for."""
        ...


async def answer_question(talk: Talk, library: Library) -> Reply:
    """Answer a policy question in the visitor's own words."""
    question = await talk.ask("question", words())
    found = await library.find(question, about=talk.about)
    match found:
        case Answered():
            return _told(talk, "policy.answer", found.answers, found.evidence)
        case Chatted():
            return Reply(found.passage, options=(person(), menu()), evidence=found.evidence)
        case Declined():
            return _declined(found.passage, found.evidence)
        case Choices():
            return await _narrow(talk, library, question, found)
        case Started():
            raise HandOver(found.script)


async def show_policy(talk: Talk, library: Library) -> Reply:
    """Show one section of one policy: where the buttons under an answer lead."""
    policy, part = talk.given("id"), talk.given("part")
    if policy not in library.titles() or part not in (LEAD, *library.parts()):
        return Reply("policy.gone", options=(person(), menu()))
    return _told(talk, "policy.part", (library.show(policy, part),), {"shown": part})


async def _narrow(talk: Talk, library: Library, question: str, found: Choices) -> Reply:
    evidence = {**found.evidence, "offered": [policy for policy, _ in found.titles]}
    if talk.is_aside:
        named = {"titles": [title for _, title in found.titles]}
        return Reply("policy.which_aside", named, (), Outcome.CHOICES, (), evidence)
    titles = dict(found.titles) | {NONE_OF_THESE: NONE_OF_THESE}
    talk.note(Outcome.CHOICES, evidence)
    which = await talk.ask("which", pick_or_words(titles))
    if which == NONE_OF_THESE:
        return _declined("policy.unknown", evidence | {"chosen": None})
    if which in titles:
        answers = (library.show(which, LEAD, question),)
        return _told(talk, "policy.answer", answers, evidence | {"chosen": which})
    raise Anew  # something else instead of a choice


def _told(
    talk: Talk, words: str, answers: tuple[PolicyAnswer, ...], evidence: Mapping[str, object]
) -> Reply:
    main = answers[0]
    verdicts = (
        Option.start("buttons.useful", "feedback", useful="yes", about=talk.event),
        Option.start("buttons.useless", "feedback", useful="no", about=talk.event),
    )
    cited = tuple(answer.policy for answer in answers)
    options = (*_further(main.policy, main.has_rules, evidence.get("shown")), *verdicts)
    return Reply(words, {"answers": answers}, options, Outcome.ANSWERED, cited, evidence)


@lru_cache(1000)
def _further(policy: str, has_rules: bool, shown: object) -> tuple[Option, ...]:
    """The buttons that lead on from an answer: `shown` is the part of `policy` it told."""
    parts = [part for part in ("how", "source") if part != shown]
    lead = [Option.start(f"buttons.{it}", "policy.show", id=policy, part=it) for it in parts]
    fit = [Option.start("buttons.fit", "benefits", id=policy)] if has_rules else []
    return (*lead, *fit, person())


def _declined(passage: str, evidence: Mapping[str, object]) -> Reply:
    return Reply(passage, {}, (person(), menu()), Outcome.DECLINED, (), evidence)
