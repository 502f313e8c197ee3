"""The vocabulary of a conversation: what is heard, what is asked, what is replied.

A script is an async function that asks named questions and ends in a reply. It is run again from
the top at every turn: answers already given answer themselves, and the first question without an
answer ends the turn. A script therefore keeps no state of its own, and its effects come last.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, quote

T = TypeVar("T")

_MEANT = re.compile(r"[\x00-,/:-@\[-^`{-\x7f]")  # what means something in an address

MAX_PRESS_BYTES = 64  # Telegram's callback_data: 1-64 bytes (core.telegram.org/bots/api)


class Kind(StrEnum):
    """What sort of thing was heard."""

    WORDS = "words"
    PRESS = "press"
    CONTACT = "contact"  # text: a phone number
    LOCATION = "location"  # text: "latitude,longitude" in degrees
    UNREADABLE = "unreadable"  # a picture, a voice message, anything that is not words
    LEFT = "left"  # the visitor blocked us or unsubscribed
    RETURNED = "returned"
    TAKEN_OVER = "taken_over"  # not from the visitor: the person of that name answers from now on
    GIVEN_BACK = "given_back"  # nor this: the bot answers again


class Outcome(StrEnum):
    """What came of a turn, as transcripts and `hotline ask` name it."""

    ANSWERED = "answered"
    CHOICES = "choices"
    DECLINED = "declined"
    HANDOFF = "handoff"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing a visitor said or pressed.

    `question` names the question a pressed button belongs to; `start` is the address of the script
    a pressed button starts; `picture` came with the words, as "telegram:" and its name there.
    """

    text: str = ""
    question: str | None = None
    start: str | None = None
    kind: Kind = Kind.WORDS
    picture: str = ""

    @classmethod
    def press(cls, send: str) -> Heard:
        """Read what an `Option` sends when it is pressed."""
        if send.startswith("/"):
            return cls(start=send[1:], kind=Kind.PRESS)
        question, _, value = send.partition("=")
        return cls(text=value, question=question, kind=Kind.PRESS)


@dataclass(frozen=True, slots=True)
class Option:
    """A button. An ASCII `label` is a key of content/replies; any other label is shown as it is."""

    label: str
    send: str

    def __post_init__(self) -> None:
        if len(self.send.encode()) > MAX_PRESS_BYTES:
            raise ValueError(f"a button can send {MAX_PRESS_BYTES} bytes, not {self.send!r}")

    @classmethod
    def answer(cls, question: str, value: str, label: str | None = None) -> Option:
        """A button that answers `question` with `value`."""
        return cls(label or value, f"{question}={value}")

    @classmethod
    def start(cls, label: str, script: str, **given: str) -> Option:
        """A button that starts `script` with arguments, whatever is being asked."""
        return cls(label, "/" + address(script, **given))


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say: a key of content/replies and the facts its words need."""

    words: str
    facts: Mapping[str, object] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    outcome: Outcome = Outcome.CHAT
    policies: tuple[str, ...] = ()  # ids of the policies it cites
    evidence: Mapping[str, object] = field(default_factory=dict)  # why, for supervisors


class Unclear(Exception):
    """An answer that a question cannot read; `words` names what to tell the visitor."""

    def __init__(self, words: str = "questions.unclear", **facts: object) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """How an answer is read. `read` raises Unclear, and accepts `str()` of its own result.

    `hear` reads what is more than words, such as a picture; without it only words are an answer.
    """

    read: Callable[[str], T]
    options: tuple[tuple[str, str], ...] = ()  # (value, label) of each button
    hear: Callable[[Heard], T] | None = None


class Pause(Exception):
    """The script waits for the answer to `prompt`.

    `complaint` says what was wrong with the answer just heard, when there was one; `stale` tells
    that it came from the button of another question.
    """

    def __init__(self, prompt: Reply, complaint: Reply | None = None, stale: bool = False) -> None:
        super().__init__(prompt.words)
        self.prompt = prompt
        self.complaint = complaint
        self.stale = stale


class HandOver(Exception):
    """Another script takes the conversation up: what was heard is its business."""

    def __init__(self, script: str) -> None:
        super().__init__(script)
        self.script = script


class Anew(Exception):
    """The conversation is over: what was heard means what it would mean without it."""


class NotForThem(Anew):
    """To this visitor there is no such conversation."""


class Talk:
    """One visitor's conversation, as a script sees it for the length of one turn."""

    def __init__(
        self,
        visitor: str,
        event: str,
        script: str,
        *,
        answers: Mapping[str, str] | None = None,
        heard: Heard | None = None,
        about: tuple[str, ...] = (),
        lately: str = "",
        is_aside: bool = False,
    ) -> None:
        """`script` is an address: a name, and after a `?` the arguments it was started with.
        `is_aside`: another script goes on after this turn, so this one may not wait."""
        self.visitor = visitor
        self.event = event  # names this turn: the key that makes an effect happen once
        self.about = about  # ids of the policies last spoken of
        self.lately = lately  # the last thing the visitor asked in words
        self.is_aside = is_aside
        self.answers = dict(answers or {})
        self.said: list[Reply] = []
        self._outcome = Outcome.CHAT
        self._evidence: Mapping[str, object] = {}
        self._name, _, given = script.partition("?")
        self._given = dict(parse_qsl(given))
        self._heard = heard

    async def ask(self, name: str, question: Question[T], **facts: object) -> T:
        """The visitor's answer to the question `name`, read; or the end of this turn (Pause).

        The words asked are `<script>.<name>` of content/replies, rendered with `facts`.
        """
        try:
            answer = self._known(name, question)
        except LookupError:
            answer = self._hear(name, question, facts)
            self.answers[name] = str(answer)
        self.said.clear()  # it was said when this was asked
        return answer

    def say(self, reply: Reply) -> None:
        """Say something on the way; the next question, or the closing reply, follows it."""
        self.said.append(reply)

    def keep(self, name: str, value: str) -> str:
        """`value`, as it was when the script first came here; for what a later turn must not make
        anew, such as the key of an effect."""
        return self.answers.setdefault(f"_{name}", value)

    def kept(self, name: str) -> str | None:
        """What was kept under that name; None: the script comes here for the first time."""
        return self.answers.get(f"_{name}")

    def forget(self) -> None:
        """Drop every answer, so that the script begins anew."""
        self.answers.clear()

    def note(self, outcome: Outcome, evidence: Mapping[str, object]) -> None:
        """What came of this turn, and why, should it end in the next question."""
        self._outcome, self._evidence = outcome, evidence

    def given(self, name: str) -> str | None:
        """The argument `name` this script was started with; whoever made the button may have put
        anything there, or nothing."""
        return self._given.get(name)

    def _known(self, name: str, question: Question[T]) -> T:
        for source in (self.answers, self._given):
            if name in source:
                try:
                    return question.read(source[name])
                except Unclear:
                    del source[name]  # it made sense once; ask again
        raise LookupError(name)

    def _hear(self, name: str, question: Question[T], facts: Mapping[str, object]) -> T:
        options = tuple(Option.answer(name, value, label) for value, label in question.options)
        words = f"{self._name}.{name}"
        prompt = Reply(words, facts, options, self._outcome, (), self._evidence)
        heard, self._heard = self._heard, None
        if heard is None:
            raise Pause(prompt)
        if heard.question not in (None, name):
            raise Pause(prompt, Reply("questions.stale"), stale=True)
        try:
            return _read(question, heard)
        except Unclear as unclear:
            raise Pause(prompt, Reply(unclear.words, unclear.facts)) from unclear


def _read(question: Question[T], heard: Heard) -> T:
    if question.hear is not None:
        return question.hear(heard)
    if heard.kind is Kind.UNREADABLE:
        raise Unclear("switchboard.unreadable")
    return question.read(heard.text)


Script = Callable[[Talk], Awaitable[Reply]]


def is_kept(name: str) -> bool:
    """Whether this is no question's answer, but what `Talk.keep` keeps among them."""
    return name.startswith("_")


def address(script: str, **given: str) -> str:
    """The address of a script with its arguments, as buttons and sessions keep it."""
    pairs = (f"{name}={_escape(value)}" for name, value in given.items())
    return f"{script}?{'&'.join(pairs)}" if given else script


def _escape(value: str) -> str:
    # Chinese stays as it is: percent signs would treble it, and a button holds 64 bytes.
    return _MEANT.sub(lambda found: quote(found[0], safe=""), value)
