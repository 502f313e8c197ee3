"""A person is asked for: the question goes to a desk, by night as well as by day."""

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

    async def open(
        self, visitor: str, topic: str, key: str, context: str, contact: str = "", when: str = ""
    ) -> Ticket:
        """Put a question on the desk; the same `key` puts it there once. `context`: the policies
        last spoken of; `contact`: a telephone number to call back, and `when`."""
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
    is_on, contact, when = hours.are_on(), "", ""
    if not is_on:
        contact = await talk.ask("contact", _contact(), opens=hours.next_opening())
        if contact != HERE:
            when = await talk.ask("when", choice(*TIMES))
    about, number = " ".join(talk.about), "" if contact == HERE else contact
    ticket = await desk.open(talk.visitor, topic, talk.event, about, number, when)
    facts = {"number": ticket.number, "topic": topic, "is_on": is_on, "calls": bool(number)}
    return Reply(
        "handoff.opened",
        {**facts, "opens": "" if is_on else hours.next_opening()},
        (menu(),),
        Outcome.HANDOFF,
        talk.about,
    )


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
