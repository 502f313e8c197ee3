"""What somebody is entitled to: asked step by step, told with the reasons and what is still open.

Answers stay with the conversation, as everything that is said in it: nothing is registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from dialogs.menu import menu, person
from dialogs.policy import Source
from dialogs.talk import Option, Outcome, Question, Reply, Talk, Unclear

UNKNOWN, ENOUGH = "unknown", "enough"  # answers to any of the questions
OTHER_ANSWERS = ((UNKNOWN, "不清楚"), (ENOUGH, "就这些"))
MOST_ASKED = 12  # questions in a row
MOST_SHOWN = 4  # buttons to policies


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask next."""

    fact: str  # names the question; its words are benefits.<fact>
    choices: tuple[tuple[str, str], ...]  # (value, label) of each button


@dataclass(frozen=True, slots=True)
class Judged:
    """What one policy gives, seen with what is known of a person."""

    policy: str
    title: str
    offer: str  # which of the things it gives; empty where it gives but one
    amount: str  # the policy's own sentence
    reasons: tuple[str, ...]  # the policy's words for what is met, not met, or still open
    papers: str  # what to bring; empty where the source is silent
    standing: str  # in_force, historical, expired, not_yet
    note: str  # how far it still holds
    begun: date | None
    ended: date | None  # the last day it held, where the source gives one
    source: Source


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that could be told, the surest first."""

    likely: tuple[Judged, ...]
    open: tuple[Judged, ...]
    unlikely: tuple[Judged, ...]  # the nearest miss first
    over: tuple[Judged, ...]  # the conditions would be met, but it is not in force
    evidence: Mapping[str, object] = field(default_factory=dict)  # every rule with its outcome


class Adviser(Protocol):
    """The rules of the policies, as this conversation needs them. `known`: fact -> value."""

    def title(self, policy: str) -> str | None:
        """The title of a policy that has rules."""
        ...

    def next_question(self, known: Mapping[str, str], policy: str | None) -> Asked | None:
        """The fact that settles most, of those that can still change a verdict."""
        ...

    def read(self, fact: str, text: str) -> str | None:
        """The value that `text` means; None when it cannot be read."""
        ...

    def advise(self, known: Mapping[str, str], policy: str | None) -> Advice:
        """The verdicts on one policy, or on all."""
        ...


async def find_benefits(talk: Talk, adviser: Adviser) -> Reply:
    """Ask what can still change a verdict, then tell what can be had, what not, and why."""
    policy = talk.given("id")
    title = "" if policy is None else adviser.title(policy)
    if title is None:
        return Reply("benefits.gone", options=(person(), menu()))
    talk.say(Reply("benefits.begin", {"title": title}))
    known: dict[str, str] = {}
    while len(known) < MOST_ASKED and (asked := adviser.next_question(known, policy)):
        answer = await talk.ask(asked.fact, _question(adviser, asked))
        if answer == ENOUGH:
            break
        known[asked.fact] = answer
    talk.said.clear()
    return _told(adviser.advise(known, policy), title)


def _question(adviser: Adviser, asked: Asked) -> Question[str]:
    options = (*asked.choices, *OTHER_ANSWERS)
    others = {label: value for value, label in OTHER_ANSWERS} | {ENOUGH: ENOUGH}

    def read(text: str) -> str:
        meant = others.get(text.strip()) or adviser.read(asked.fact, text)
        if meant is None:
            raise Unclear("questions.pick", titles=[label for _, label in options])
        return meant

    return Question(read, options)


def _told(advice: Advice, title: str) -> Reply:
    facts = {"advice": advice, "title": title}
    told = dict.fromkeys(it.policy for it in (*advice.likely, *advice.open, *advice.over))
    titles = {it.policy: it.title for it in (*advice.over, *advice.open, *advice.likely)}
    shown = [
        Option.start(titles[policy], "policy.show", id=policy, part="lead")
        for policy in list(told)[:MOST_SHOWN]
    ]
    outcome = Outcome.ANSWERED if told or advice.unlikely else Outcome.DECLINED
    words = "benefits.one" if title else "benefits.all"
    return Reply(words, facts, (*shown, person(), menu()), outcome, tuple(told), advice.evidence)
