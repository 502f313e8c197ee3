"""What a member of staff may do with campaigns in the chat, as /post needs it: the vocabulary of a
campaign that is being written, and the desk it is put on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

TRY, SEND, SUBMIT, KEEP, CANCEL = "try", "send", "submit", "keep", "cancel"
PAUSE, RESUME, SHOW, APPROVE = "pause", "resume", "show", "approve"


@dataclass(frozen=True, slots=True)
class Letter:
    """The words, and the picture above them: `dialogs.talk.Heard` says how it is named."""

    words: str
    picture: str = ""

    def __str__(self) -> str:
        return f"{self.picture}\n{self.words}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be said, to whom, and until when."""

    kind: str
    letter: Letter
    counties: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    query: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A campaign as it stands: `told` in words, and the steps that may be taken now."""

    number: int
    told: str
    steps: tuple[str, ...]
    link: str = ""  # to the console's page of it


class StepRefused(Exception):
    """The step cannot be taken; the text says why, in words for who wanted it."""


class PostDesk(Protocol):
    """What one member of staff may do with campaigns."""

    @property
    def counties(self) -> Sequence[str]:
        """Those that they are responsible for."""
        ...

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of trades, each with its trades."""
        ...

    def counties_in(self, text: str) -> tuple[str, ...]:
        """The counties that a text names. Raises Unclear."""
        ...

    def trades_in(self, text: str) -> tuple[str, ...]:
        """The trades that a text names. Raises Unclear."""
        ...

    def query(self, text: str) -> str:
        """The audience that a text names, as it is written. Raises Unclear."""
        ...

    def words(self, text: str) -> str:
        """Words that can be sent. Raises Unclear."""
        ...

    def moment(self, text: str) -> datetime:
        """A moment to come. Raises Unclear."""
        ...

    async def write(self, plan: Plan, key: str) -> Post:
        """Write a draft down; the same `key` writes it once."""
        ...

    async def is_under_way(self, number: int) -> bool | None:
        """Whether its recipients are written down and not all is over; None: there is no campaign
        of that number that they may see."""
        ...

    async def take(self, step: str, number: int, key: str) -> None:
        """Take a step; the same `key` takes it once. Raises StepRefused."""
        ...

    async def show(self, number: int) -> Post:
        """How the campaign stands; there is one."""
        ...

    async def latest(self) -> Sequence[Post]:
        """The last few that they wrote, and what waits for their approval; the newest first."""
        ...


DeskOf = Callable[[str], Awaitable[PostDesk | None]]  # None: to who is no member of staff
