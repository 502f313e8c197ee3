"""The conversations without a service around them: for the terminal, and for questions by the line.

What they keep goes into a database that is thrown away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app.scripts import Stores, switchboard
from bot.app.work import AtOnce, Work, sealed
from bot.clock import now
from bot.content import Content
from bot.hours import DeskHours, OfficeHours
from bot.pipeline.switchboard import Switchboard
from bot.records.database import Database
from bot.records.dossiers import Dossiers
from bot.records.feedback import FeedbackBook
from bot.records.preferences import Preferences
from bot.records.tickets import Tickets


@asynccontextmanager
async def rehearsal(
    content: Content, prepare: Callable[[Database], Awaitable[None]] | None = None
) -> AsyncIterator[Switchboard]:
    """The production conversations, whose people are always at their desks. `prepare` may put
    something into the database first."""
    with TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite:///{Path(folder) / 'hotline.db'}")
        try:
            if prepare is not None:
                await prepare(database)
            sessions = database.sessions
            links = sealed(database, b"rehearsal" * 4, None, "http://localhost")
            work = Work(database, lambda: content.words, links, AtOnce(Dossiers(sessions)))
            stores = Stores(
                desk=Tickets(sessions, now),
                book=FeedbackBook(sessions, now),
                hours=DeskHours(OfficeHours("0:00-24:00"), now),
                work=work,
                campaigns=Preferences(sessions, now),
            )
            yield switchboard(content, stores)
        finally:
            await database.close()
