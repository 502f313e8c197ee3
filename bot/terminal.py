"""A visitor at the terminal, and questions by the line: the production conversations without any
network, Redis or database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import Spoken, Switchboard
from bot.words import Words
from dialogs.talk import Heard

VISITOR = "terminal:you"


@dataclass(frozen=True, slots=True)
class Note:
    """A ticket that nobody will read."""

    number: int


class Notepad:
    """The twin of the desk and of the feedback book: shows what would be kept."""

    def __init__(self, words: Words, show: Callable[[str], None]) -> None:
        self._words = words
        self._show = show
        self._numbers = count(1)

    async def open(self, visitor: str, topic: str, key: str, context: str) -> Note:
        """Show the question that a person would find on the desk."""
        self._show(self._words.say("operator.note_ticket", topic=topic, context=context))
        return Note(next(self._numbers))

    async def record(self, visitor: str, about: str, useful: bool, key: str) -> None:
        """Show the verdict."""
        self._show(self._words.say("operator.note_verdict", about=about, useful=useful))

    async def explain(self, visitor: str, about: str, reason: str, key: str) -> None:
        """Show the reason."""
        self._show(self._words.say("operator.note_reason", about=about, reason=reason))


class Conversation:
    """One visitor's talk, turn by turn, kept in memory."""

    def __init__(self, board: Switchboard, greeted: str = "") -> None:
        """`greeted`: the version of the notice this visitor has seen already."""
        self._board = board
        self._session = Session(greeted=greeted)
        self._events = count(1)

    async def hear(self, heard: Heard) -> list[Spoken]:
        """What is said to one heard thing."""
        event = f"0-{next(self._events)}"
        turn = await self._board.take(self._session, heard, VISITOR, event, time.time())
        self._session = turn.session
        return turn.spoken


def shown(spoken: Spoken) -> str:
    """A message as a terminal shows it: the text, and the buttons with their numbers."""
    buttons = (f"  {number} {it.label}" for number, it in enumerate(spoken.buttons, 1))
    return "\n".join((spoken.text, *buttons))
