"""A visitor at the terminal, and questions by the line: the production conversations without any
network, Redis or database."""

from __future__ import annotations

import time
from itertools import count

from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import Spoken, Switchboard
from dialogs.talk import Heard

VISITOR = "terminal:you"


class Conversation:
    """One visitor's talk, turn by turn, kept in memory."""

    def __init__(self, board: Switchboard, visitor: str = VISITOR, greeted: str = "") -> None:
        """`greeted`: the version of the notice this visitor has seen already."""
        self._board = board
        self._visitor = visitor
        self._session = Session(greeted=greeted)
        self._events = count(1)

    async def hear(self, heard: Heard) -> list[Spoken]:
        """What is said to one heard thing."""
        event = f"0-{next(self._events)}"
        turn = await self._board.take(self._session, heard, self._visitor, event, time.time())
        self._session = turn.session
        return turn.spoken


def shown(spoken: Spoken) -> str:
    """A message as a terminal shows it: the text, and the buttons with their numbers."""
    buttons = (f"  {number} {it.label}" for number, it in enumerate(spoken.buttons, 1))
    return "\n".join((spoken.text, *buttons))
