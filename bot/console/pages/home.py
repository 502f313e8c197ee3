"""The first page: what waits for whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.console.visit import EVERYBODY, Answer, Page, Route, Visit
from bot.records.staff import Role
from bot.records.talks import Counted


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number on the first page, with the page behind it."""

    title: str  # a key of console.yaml
    address: str
    roles: frozenset[Role]
    count: Callable[[Visit], Awaitable[int | Counted]]
    is_quiet: bool = False  # not shown while there is none


class HomePages:
    """What is waiting, one number each, with a link to it."""

    def __init__(self, waiting: Sequence[Waiting]) -> None:
        self._waiting = tuple(waiting)

    def routes(self) -> tuple[Route, ...]:
        """The page."""
        return (Route("GET", "/console/", self.show, EVERYBODY, title="nav_home"),)

    async def show(self, visit: Visit) -> Answer:
        """Every number that concerns this member."""
        mine = [it for it in self._waiting if visit.member.role in it.roles]
        counts = [await it.count(visit) for it in mine]
        shown = [it if isinstance(it, Counted) else Counted(it, True) for it in counts]
        waiting = [
            (it, count)
            for it, count in zip(mine, shown, strict=True)
            if count.number or not it.is_quiet
        ]
        return Page("home.html.j2", {"waiting": waiting})
