"""A person is asked for: the question goes to a desk, by night as well as by day."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import menu
from dialogs.questions import words
from dialogs.talk import Outcome, Reply, Talk


class Ticket(Protocol):
    """A question on a person's desk."""

    @property
    def number(self) -> int:
        """What the visitor is told, to come back to it."""
        ...


class Desk(Protocol):
    """Where the people of the hotline find what was asked for them."""

    async def open(self, visitor: str, topic: str, key: str, context: str) -> Ticket:
        """Put a question on the desk; the same `key` puts it there once. `context`: the policies
        last spoken of."""
        ...


async def ask_for_a_person(talk: Talk, desk: Desk) -> Reply:
    """Take the question down for a person; what was asked last is taken when there is something."""
    topic = talk.lately or await talk.ask("topic", words())
    ticket = await desk.open(talk.visitor, topic, talk.event, " ".join(talk.about))
    return Reply(
        "handoff.opened",
        {"number": ticket.number, "topic": topic},
        (menu(),),
        Outcome.HANDOFF,
        talk.about,
    )
