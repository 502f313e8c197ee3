"""A visitor who talks with the real switchboard and words, over the real records of an empty
database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol

import yaml

from bot.jobs.cards import CardBook
from bot.jobs.categories import load_categories
from bot.jobs.rights import RightsDesk
from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import Spoken, Switchboard
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.dossiers import Dossiers
from bot.records.followups import FollowUps
from bot.records.ledger import Ledger
from bot.records.outlines import Outlines
from bot.records.owners import Owners
from bot.records.seekers import Seekers
from bot.records.services import Services
from bot.records.tables import SeekerRow, VisitorRow
from bot.site.links import Door, Links
from bot.words import Words
from dialogs.consent import Purpose
from dialogs.followup import follow_up
from dialogs.menu import show_menu
from dialogs.mycard import show_card, tell_category
from dialogs.mydata import erase_data, export_data, revoke_consent, show_data
from dialogs.talk import Heard, Reply, Script, Talk
from tests.wording import WORDS

CONTENT = Path(__file__).resolve().parents[2] / "content"


class Office:
    """Everything behind the conversations about one's own data."""

    def __init__(self, database: Database) -> None:
        sessions = database.sessions
        self.now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
        self.words = WORDS
        self.seekers = Seekers(sessions, self.clock)
        self.ledger = Ledger(sessions, self.clock)
        self.services = Services(sessions, self.clock)
        self.follow_ups = FollowUps(sessions, self.clock, self.today)
        self.consents = ConsentBook(sessions, self.clock, self.version)
        self.dossiers = Dossiers(sessions)
        self.outlines = Outlines(sessions, self.services, self.follow_ups)
        self.categories = load_categories(CONTENT / "directory" / "categories.yaml")
        self.cards = CardBook(self.outlines, lambda: self.words, UTC)
        self.versions = dict.fromkeys(Purpose, "1")
        self.rights = RightsDesk(
            self.outlines, self.seekers, self.consents, self, self.categories,
            lambda: self.words, UTC,
        )  # fmt: skip
        owners = {
            Door.CARD: Owners(sessions, SeekerRow),
            Door.DATA: Owners(sessions, VisitorRow),
        }
        self.links = Links(b"s" * 32, owners, None, "http://own", lambda: self.now.timestamp())

    def clock(self) -> datetime:
        return self.now

    def today(self) -> date:
        return self.now.date()

    def version(self, purpose: Purpose) -> str:
        return self.versions[purpose]

    async def erase(self, urn: str) -> None:
        await self.dossiers.erase(urn, self.now)

    def scripts(self) -> dict[str, Script]:
        titles = {it.key: it.title for it in self.categories.values()}
        return {
            "menu": show_menu,
            "policy": _no_policy,
            "card": partial(show_card, cards=self.cards, links=self.links),
            "card.category": partial(
                tell_category,
                consents=self.consents,
                difficulties=self.seekers,
                categories=titles,
            ),
            "mydata": partial(show_data, rights=self.rights),
            "mydata.export": partial(export_data, rights=self.rights, links=self.links),
            "mydata.erase": partial(erase_data, rights=self.rights),
            "mydata.revoke": partial(revoke_consent, rights=self.rights, consents=self.consents),
            "followup": partial(follow_up, followups=self.follow_ups),
        }


class Behind(Protocol):
    """What is behind a conversation."""

    now: datetime
    words: Words

    def scripts(self) -> Mapping[str, Script]:
        """The conversations."""
        ...


class Visitor:
    """Says and presses things one after the other; everything is heard twice, as after a crash."""

    def __init__(self, office: Behind, urn: str = "web:me") -> None:
        commands = yaml.safe_load((CONTENT / "commands.yaml").read_text("utf-8"))
        said = {str(form): name for name, forms in commands.items() for form in forms}
        self.urn = urn
        self.office = office
        self.board = Switchboard(office.scripts(), office.words, said, "1")
        self.session = Session(greeted="1", at=1.0)
        self.spoken: list[Spoken] = []
        self._events = count(1)

    async def says(self, *said: str | Heard) -> str:
        """The last reply."""
        for one in said:
            heard = one if isinstance(one, Heard) else Heard(one)
            event, at = f"{self.urn}-{next(self._events)}", self.office.now.timestamp()
            first = await self.board.take(self.session, heard, self.urn, event, at)
            turn = await self.board.take(self.session, heard, self.urn, event, at)
            assert [it.text for it in turn.spoken] == [it.text for it in first.spoken]
            self.session, self.spoken = Session.unpack(turn.session.pack()), turn.spoken
            self.office.now += timedelta(seconds=1)
        return "\n".join(it.text for it in self.spoken)

    async def presses(self, *labels: str) -> str:
        """Press buttons of the last message by the words on them."""
        said = ""
        for label in labels:
            [button] = [it for it in self.spoken[-1].buttons if it.label == label]
            said = await self.says(Heard.press(button.send))
        return said

    @property
    def buttons(self) -> list[str]:
        return [it.label for it in self.spoken[-1].buttons]


async def _no_policy(talk: Talk) -> Reply:
    return Reply("policy.unknown")
