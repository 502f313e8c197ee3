"""The conversations without a service around them: for the terminal, and for questions by the line.

What they keep goes into a database that is thrown away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app.scripts import Stores, switchboard
from bot.content import Content
from bot.hours import DeskHours, OfficeHours
from bot.pipeline.switchboard import Switchboard
from bot.records.database import Database
from bot.records.feedback import FeedbackBook
from bot.records.tickets import Tickets


@asynccontextmanager
async def rehearsal(content: Content) -> AsyncIterator[Switchboard]:
    """The production conversations, whose people are always at their desks."""
    with TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite:///{Path(folder) / 'hotline.db'}")
        try:
            sessions = database.sessions
            stores = Stores(
                desk=Tickets(sessions, _now),
                book=FeedbackBook(sessions, _now),
                hours=DeskHours(OfficeHours("0:00-24:00"), _now),
            )
            yield switchboard(content, stores)
        finally:
            await database.close()


def _now() -> datetime:
    return datetime.now(UTC)
