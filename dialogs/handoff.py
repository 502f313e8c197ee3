"""A person is asked for: the question goes to a desk, by night as well as by day, and at once:
whoever falls asleep over a further question has it there nevertheless."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import menu
from dialogs.questions import choice, words
from dialogs.talk import Outcome, Question, Reply, Talk, Unclear

HERE = "不留号码"
TIMES = ("上午", "下午", "晚上", "都行")
_DIGITS = range(7, 13)  # of a telephone number, with or without its area


class Ticket(Protocol):
    """A question on a person's desk."""

    @property
    def number(self) -> int:
        """What the visitor is told, to come back to it."""
        ...


class Desk(Protocol):
    """Where the people of the hotline find what was asked for them."""

    async def open(self, visitor: str, topic: str, key: str, context: str) -> Ticket:
        """Put a question on the desk; the same `key` puts it there once and gives the same ticket.
        `context`: the policies last spoken of."""
        ...

    async def call_back(self, key: str, contact: str, when: str = "") -> None:
        """Note with the question of this `key` the telephone number to call back, and `when`."""
        ...


class Hours(Protocol):
    """When people are at the desk."""

    def are_on(self) -> bool:
        """Whether somebody is there now."""
        ...

    def next_opening(self) -> str:
        """When somebody will be, in words: "3月2日8:00"."""
        ...


async def ask_for_a_person(talk: Talk, desk: Desk, hours: Hours) -> Reply:
    """Take the question down for a person; what was asked last is taken when there is something.
    While nobody is there, they may leave a number to be called back."""
    topic = talk.lately or await talk.ask("topic", words())
    key = talk.keep("key", talk.event)
    opens = talk.keep("opens", "" if hours.are_on() else hours.next_opening())
    number = int(talk.kept("number") or 0)
    if not number:
        number = (await desk.open(talk.visitor, topic, key, " ".join(talk.about))).number
        talk.keep("number", str(number))
    facts = {"number": number, "topic": topic, "opens": opens}
    if not opens:
        return _opened(talk, Outcome.HANDOFF, **facts, calls=False)
    talk.note(Outcome.HANDOFF, {})
    contact = await talk.ask("contact", _contact(), number=number, opens=opens)
    talk.note(Outcome.CHAT, {})
    if contact != HERE:
        await desk.call_back(key, contact)
        await desk.call_back(key, contact, await talk.ask("when", choice(*TIMES)))
    return _opened(talk, Outcome.CHAT, **facts, calls=contact != HERE)


def _opened(talk: Talk, outcome: Outcome, **facts: object) -> Reply:
    return Reply("handoff.opened", facts, (menu(),), outcome, talk.about)


def _contact() -> Question[str]:
    """A telephone number, or that none is wanted."""

    def read(text: str) -> str:
        said = text.strip()
        if said == HERE or said == "1":
            return HERE
        digits = "".join(sign for sign in said if sign.isdecimal())
        if len(digits) not in _DIGITS:
            raise Unclear("handoff.no_number")
        return digits

    return Question(read, ((HERE, HERE),))
