"""The supervisors' part of the console, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from bot.clock import now
from bot.console.pages.figures import FigurePages
from bot.console.pages.home import Waiting
from bot.console.pages.readings import ReadingPages
from bot.console.pages.talks import Offered, TalkPages
from bot.console.pages.transcripts import TranscriptPages
from bot.console.pages.unanswered import UnansweredPages
from bot.console.visit import Route
from bot.knowledge.clusters import clusters
from bot.knowledge.folder import Folder
from bot.knowledge.glossary import read_glossary
from bot.knowledge.policies import read_headings
from bot.records.bookmarks import Bookmarks
from bot.records.changes import Changes
from bot.records.database import Database
from bot.records.figures import Figures
from bot.records.readings import Readings
from bot.records.samples import Samples
from bot.records.searching import Search
from bot.records.talks import Talks
from bot.records.unanswered import Unanswered
from bot.records.work_figures import WorkFigures
from bot.refusals import found_in_content
from bot.words import Words

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Review:
    """Pages and numbers to be added to the console."""

    routes: tuple[Route, ...]
    waiting: tuple[Waiting, ...]


def review_pages(
    database: Database,
    words: Callable[[], Words],
    titles: Callable[[], Mapping[str, str]],
    channels: Sequence[str],
    dialogs: Callable[[], Sequence[str]],
    places: Mapping[str, tuple[str, ...]],
    folder: Folder,
    clock: Clock = now,
) -> Review:
    """Everything a supervisor works with. `titles`: of the policies, by their ids."""
    sessions = database.sessions
    talks, readings = Talks(sessions), Readings(sessions, clock)
    offered = Offered(
        channels,
        dialogs,
        sorted(places),
        titles,
        lambda: words().group("exported"),
    )
    reading = TalkPages(talks, Search(sessions), readings, Bookmarks(sessions), offered)
    transcripts = TranscriptPages(talks, readings, titles)
    judging = ReadingPages(talks, readings, Samples(sessions, clock), SystemRandom())
    figures = FigurePages(
        Figures(sessions),
        WorkFigures(sessions),
        lambda: words().group("figures"),
        sorted(places),
        channels,
    )
    writing = UnansweredPages(
        Unanswered(sessions),
        Changes(sessions, clock),
        folder,
        lambda asked: clusters(asked, read_glossary(folder.path)),
        titles,
        lambda: read_headings(folder.path),
        lambda finding: found_in_content(finding, words()),
    )
    pages = (reading, transcripts, judging, figures, writing)
    routes = tuple(route for each in pages for route in each.routes())
    return Review(routes, (reading.waiting(), judging.waiting(), writing.waiting()))
