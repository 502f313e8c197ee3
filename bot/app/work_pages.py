"""The console's work pages, put together: openings, seekers, the four lists, applications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.app.work import notice_version
from bot.clock import ZONE
from bot.console.directory import Directory
from bot.console.pages.applications import ApplicationPages
from bot.console.pages.bookmarks import BookmarkPages
from bot.console.pages.home import Waiting
from bot.console.pages.lists import PAGES, ListPages
from bot.console.pages.opening_forms import OpeningFormPages
from bot.console.pages.opening_imports import OpeningImportPages
from bot.console.pages.openings import OPENINGS, OpeningPages, OpeningShelf
from bot.console.pages.people_imports import PeopleImportPages
from bot.console.pages.person import PersonPages
from bot.console.pages.seekers import SEEKERS, SeekerPages, SeekerShelf
from bot.console.pages.talks import TALKS
from bot.console.pages.telling import TellingPages
from bot.console.pages.wishes import WishPages
from bot.console.parcels import Parcels
from bot.console.visit import Route
from bot.content import Content
from bot.jobs.board import Board
from bot.jobs.cards import CardBook
from bot.jobs.columns import Columns
from bot.jobs.postings import Postings
from bot.jobs.telling import Telling
from bot.jobs.wording import Wording
from bot.pipeline.line import Line
from bot.records.applicants import Applicants
from bot.records.applications import Applications
from bot.records.bookmarks import Bookmarks
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.followups import FollowUps
from bot.records.histories import Histories
from bot.records.ledger import Ledger
from bot.records.lists import Lists
from bot.records.offers import Offers
from bot.records.openings import Openings
from bot.records.outlines import Outlines
from bot.records.pushes import Pushes
from bot.records.roll import Roll
from bot.records.seekers import Seekers
from bot.records.services import Services
from bot.records.supply import Supply
from bot.words import Words


@dataclass(frozen=True, slots=True)
class WorkPages:
    """The routes, and the numbers of the first page that lead to them."""

    routes: tuple[Route, ...]
    waiting: tuple[Waiting, ...]


def directory_of(
    content: Callable[[], Content], folder: Path, places: Mapping[str, tuple[str, ...]]
) -> Callable[[], Directory]:
    """What the pages know of the region, as the content that is served has it; the headings of
    tables and the doubtful wording stay those of the start. `folder`: content/directory. Raises
    ColumnsUnreadable, WordingUnreadable."""
    columns, wording = Columns.load(folder), Wording.load(folder)

    def make(served: Content) -> Directory:
        known = served.directory
        postings = Postings(columns, known.reader, wording)
        return Directory(served.words, places, known.categories, known.reader, postings)

    kept = (content(), make(content()))

    def present() -> Directory:
        nonlocal kept
        served = content()
        if served is not kept[0]:
            kept = (served, make(served))
        return kept[1]

    return present


def work_pages(
    database: Database,
    line: Line,
    directory: Callable[[], Directory],
    board: Callable[[], Board],
    clock: Callable[[], datetime],
) -> WorkPages:
    """Every page; `directory`, `board`: the present ones."""
    sessions, parcels = database.sessions, Parcels(line)
    applicants, bookmarks = Applicants(sessions), Bookmarks(sessions)
    openings = OpeningShelf(
        Openings(sessions, clock),
        Supply(sessions, clock),
        applicants,
        Histories(sessions),
        bookmarks,
    )
    words = partial(_words, directory)
    seekers = _seekers(database, openings, board, words, clock)
    cards = CardBook(seekers.outlines, words, ZONE)
    offered = OpeningPages(openings, directory)
    people = SeekerPages(seekers, directory, cards)
    applications = ApplicationPages(Applications(sessions, clock), applicants)
    routes = (
        *OpeningFormPages(openings, directory).routes(),
        *OpeningImportPages(openings, directory, parcels).routes(),
        *offered.routes(),
        *PeopleImportPages(seekers, directory, parcels).routes(),
        *people.routes(),
        *TellingPages(seekers).routes(),
        *PersonPages(seekers, directory).routes(),
        *WishPages(seekers, Ledger(sessions, clock), directory).routes(),
        *ListPages(seekers.lists, openings.supply, bookmarks, directory).routes(),
        *applications.routes(),
        *BookmarkPages(bookmarks, (OPENINGS, SEEKERS, *PAGES, TALKS)).routes(),
    )
    return WorkPages(routes, (applications.waiting(), offered.waiting(), *people.waiting()))


def _words(directory: Callable[[], Directory]) -> Words:
    return directory().words


def _seekers(
    database: Database,
    openings: OpeningShelf,
    board: Callable[[], Board],
    words: Callable[[], Words],
    clock: Callable[[], datetime],
) -> SeekerShelf:
    sessions = database.sessions
    telling = Telling(
        board,
        openings.openings,
        Offers(sessions, clock),
        Pushes(sessions, clock),
        Applications(sessions, clock),
        ConsentBook(sessions, clock, partial(notice_version, words)),
        clock,
    )
    services = Services(sessions, clock)
    follow_ups = FollowUps(sessions, clock, lambda: clock().astimezone(ZONE).date())
    return SeekerShelf(
        Seekers(sessions, clock),
        Lists(sessions),
        Outlines(sessions, services, follow_ups),
        services,
        follow_ups,
        openings.applicants,
        openings.histories,
        Roll(sessions, clock),
        openings.bookmarks,
        telling,
    )
