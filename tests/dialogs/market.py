"""Everything behind the conversations about openings offered, over the real records of an empty
database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

from bot.clock import ZONE
from bot.jobs.board import Board, Guide
from bot.records.applications import Applications
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.offers import Offers
from bot.records.openings import Openings
from bot.records.pushes import Pushes
from bot.records.seekers import Seekers
from dialogs.applications import Counter, show_applications, take_interest, withdraw_application
from dialogs.consent import Purpose
from dialogs.menu import show_menu
from dialogs.offers import ask_why, set_pace, show_more, stop_pushes, take_why
from dialogs.talk import Reply, Script, Talk
from tests.wording import WORDS

from .office import CONTENT


class Market:
    """The board, the counter and their books."""

    def __init__(self, database: Database) -> None:
        sessions = database.sessions
        self.now = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
        self.words = WORDS
        self.openings = Openings(sessions, self.clock)
        self.offers = Offers(sessions, self.clock)
        self.pushes = Pushes(sessions, self.clock)
        self.applications = Applications(sessions, self.clock)
        self.ledger = Ledger(sessions, self.clock)
        self.seekers = Seekers(sessions, self.clock)
        self.consents = ConsentBook(sessions, self.clock, lambda _: "1")
        guide = Guide.load(CONTENT / "directory")
        self.board = Board(self.openings, self.offers, self.pushes, guide, self.clock)

    def clock(self) -> datetime:
        return self.now

    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def later(self, **much: float) -> None:
        self.now += timedelta(**much)

    async def agreed(self, visitor: str) -> bool | None:
        """What the visitor said to their data being passed on."""
        return await self.consents.given(visitor, Purpose.EMPLOYER, "1")

    def scripts(self) -> dict[str, Script]:
        counter = Counter(
            self.openings, self.seekers, self.applications, self.offers, self.consents, self.today
        )
        return {
            "menu": show_menu,
            "policy": _no_policy,
            "offers.more": partial(show_more, jobs=self.board, wishes=self.ledger),
            "offers.interested": partial(take_interest, counter=counter),
            "offers.unsuitable": ask_why,
            "offers.why": partial(take_why, answers=self.offers),
            "offers.pace": partial(set_pace, paces=self.board),
            "offers.stop": partial(stop_pushes, paces=self.board),
            "applications": partial(show_applications, applications=self.applications),
            "applications.withdraw": partial(withdraw_application, applications=self.applications),
        }


async def _no_policy(talk: Talk) -> Reply:
    return Reply("policy.unknown")
