"""The work side, put together: wishes, openings, offers, applications, and one's own data."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.clock import now, today
from bot.content import Content
from bot.folders import make_private
from bot.jobs.arrivals import Arrivals
from bot.jobs.board import Board
from bot.jobs.cards import CardBook
from bot.jobs.mailing import Mailing
from bot.jobs.news import News
from bot.jobs.pushes import Books, Planner
from bot.jobs.rights import RightsDesk
from bot.jobs.searching import Searching
from bot.jobs.shortages import Shortages
from bot.pipeline.outbox import Outbox
from bot.records.applications import Applications
from bot.records.campaigns import Campaigns
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.dossiers import Dossiers
from bot.records.followups import FollowUps
from bot.records.ledger import Ledger
from bot.records.letters import Letters
from bot.records.offers import Offers
from bot.records.openings import Openings
from bot.records.outlines import Outlines
from bot.records.owners import Owners
from bot.records.pushes import Pushes
from bot.records.seekers import Seekers
from bot.records.services import Services
from bot.records.tables import SeekerRow, VisitorRow
from bot.records.unreached import Unreached
from bot.settings import Settings
from bot.site.links import Door, Links, secret_in
from bot.words import Words
from dialogs.applications import Counter, show_applications, take_interest, withdraw_application
from dialogs.consent import Purpose
from dialogs.followup import follow_up
from dialogs.jobs import list_jobs, search_jobs, show_job
from dialogs.mycard import show_card, tell_category
from dialogs.mydata import erase_data, export_data, revoke_consent, show_data
from dialogs.offers import ask_why, set_pace, show_more, stop_pushes, take_why
from dialogs.talk import Script
from dialogs.wish import change_wish, register_wish, withdraw_wish

MEANT = {"wish": "wish", "search": "jobs"}  # what a sentence wants -> the script that hears it


class Eraser(Protocol):
    """Who forgets a visitor."""

    async def erase(self, urn: str) -> None:
        """Forget everything about them."""
        ...


@dataclass(frozen=True, slots=True)
class AtOnce:
    """The eraser where nothing is under way."""

    dossiers: Dossiers

    async def erase(self, urn: str) -> None:
        """Forget everything about them in the records."""
        await self.dossiers.erase(urn, now())


class Work:
    """The stores of the work side, and what is made of them and the content."""

    def __init__(
        self, database: Database, words: Callable[[], Words], links: Links, eraser: Eraser
    ) -> None:
        sessions = database.sessions
        self.openings = Openings(sessions, now)
        self.offers = Offers(sessions, now)
        self.pushes = Pushes(sessions, now)
        self.unreached = Unreached(sessions, now)
        self.letters = Letters(sessions, now)
        self.applications = Applications(sessions, now)
        self.follow_ups = FollowUps(sessions, now, today)
        self.ledger = Ledger(sessions, now)
        self.seekers = Seekers(sessions, now)
        self.consents = ConsentBook(sessions, now, partial(notice_version, words))
        self.outlines = Outlines(sessions, Services(sessions, now), self.follow_ups)
        self.cards = CardBook(self.outlines, words)
        self.links = links
        self._words = words
        self._eraser = eraser
        self._kept: tuple[Content, Board] | None = None

    def scripts(self, content: Content) -> dict[str, Script]:
        """Every conversation about work and about one's own data."""
        return {
            **self._wishes(content),
            **self._openings(content),
            **self._offers(content),
            **self._own_data(content),
        }

    def planner(
        self,
        content: Content,
        outbox: Outbox,
        campaigns: Campaigns,
        channels: Collection[str],
        most: int,
    ) -> Planner:
        """Who pushes openings unasked; `most`: times a week to one seeker."""
        books = Books(self.offers, self.pushes, self.letters, self.applications, self.follow_ups)
        mailing = Mailing(campaigns, content.words, now)
        arrivals = Arrivals(self.openings, self.pushes, content.directory.guide, now)
        news = News(self.applications, self.follow_ups, outbox, channels)
        board = self.board(content)
        return Planner(board, books, arrivals, news, mailing, outbox, channels, most, now)

    def shortages(self, content: Content) -> Shortages:
        """Who counts openings for those whom no channel reaches."""
        return Shortages(self.board(content), self.unreached, now)

    def _wishes(self, content: Content) -> dict[str, Script]:
        reader, board = content.directory.reader, self.board(content)
        known = partial(register_wish, reader=reader, ledger=self.ledger, consents=self.consents)
        return {
            "wish": partial(known, jobs=board),
            "wish.change": partial(change_wish, reader=reader, ledger=self.ledger, jobs=board),
            "wish.withdraw": partial(withdraw_wish, ledger=self.ledger),
        }

    def _openings(self, content: Content) -> dict[str, Script]:
        directory = content.directory
        board = Searching(self.openings, directory.reader, directory.surroundings, today)
        return {
            "jobs": partial(search_jobs, board=board),
            "jobs.list": partial(list_jobs, board=board),
            "jobs.show": partial(show_job, board=board),
        }

    def _offers(self, content: Content) -> dict[str, Script]:
        board, applications = self.board(content), self.applications
        counter = Counter(
            self.openings, self.seekers, applications, self.offers, self.consents, today
        )
        return {
            "offers.more": partial(show_more, jobs=board, wishes=self.ledger),
            "offers.interested": partial(take_interest, counter=counter),
            "offers.unsuitable": ask_why,
            "offers.why": partial(take_why, answers=self.offers),
            "offers.pace": partial(set_pace, paces=board),
            "offers.stop": partial(stop_pushes, paces=board),
            "applications": partial(show_applications, applications=applications),
            "applications.withdraw": partial(withdraw_application, applications=applications),
        }

    def _own_data(self, content: Content) -> dict[str, Script]:
        categories = content.directory.categories
        titles = {key: category.title for key, category in categories.items()}
        rights = RightsDesk(
            self.outlines, self.seekers, self.consents, self._eraser, categories, self._words
        )
        difficulties = partial(tell_category, consents=self.consents, difficulties=self.seekers)
        return {
            "card": partial(show_card, cards=self.cards, links=self.links),
            "card.category": partial(difficulties, categories=titles),
            "mydata": partial(show_data, rights=rights),
            "mydata.export": partial(export_data, rights=rights, links=self.links),
            "mydata.erase": partial(erase_data, rights=rights),
            "mydata.revoke": partial(revoke_consent, rights=rights, consents=self.consents),
            "followup": partial(follow_up, followups=self.follow_ups),
        }

    def board(self, content: Content) -> Board:
        """The one board of a content: it keeps every opening in memory."""
        if self._kept is None or self._kept[0] is not content:
            guide = content.directory.guide
            board = Board(self.openings, self.offers, self.pushes, guide, now)
            self._kept = content, board
        return self._kept[1]


def notice_version(words: Callable[[], Words], purpose: Purpose) -> str:
    """The version of the notice that is shown now for that consent."""
    return words().say(f"consent.version_{purpose}")


def private_links(settings: Settings, database: Database) -> Links:
    """The links by which visitors reach their own pages."""
    make_private(settings.var_dir)
    if settings.link_secret is None:
        key = secret_in(settings.var_dir / "links.key")
    else:
        key = settings.link_secret.get_secret_value().encode()
    return sealed(database, key, settings.public_url, f"http://{settings.host}:{settings.port}")


def sealed(database: Database, key: bytes, public_url: str | None, own_url: str) -> Links:
    """Links sealed with a key."""
    owners: Mapping[Door, Owners] = {
        Door.CARD: Owners(database.sessions, SeekerRow),
        Door.DATA: Owners(database.sessions, VisitorRow),
    }
    return Links(key, owners, public_url, own_url, time.time)
