"""Verdicts are kept once, and a reason joins the verdict it explains."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.records.database import Database
from bot.records.feedback import FeedbackBook
from bot.records.tables import FeedbackRow
from dialogs.feedback import REASONS, take_reason, take_verdict
from dialogs.talk import Talk

from .conftest import Clock


@pytest.fixture
def book(database: Database, clock: Clock) -> FeedbackBook:
    return FeedbackBook(database.sessions, clock)


async def verdicts(database: Database) -> list[tuple[str, str, bool, str | None]]:
    row = FeedbackRow
    columns = select(row.urn, row.about, row.useful, row.reason).order_by(row.id)
    async with database.sessions() as session:
        return [tuple(found) for found in await session.execute(columns)]


async def test_a_verdict_is_kept_once(database: Database, book: FeedbackBook, clock: Clock) -> None:
    for useful in (True, True, False):
        await book.record("telegram:1", "e1", useful, "e2")
        clock.pass_minutes(1)
    await book.record("web:2", "e1", False, "e3")
    assert await verdicts(database) == [
        ("telegram:1", "e1", True, None),
        ("web:2", "e1", False, None),
    ]
    async with database.sessions() as session:
        first = await session.scalar(select(FeedbackRow.at).where(FeedbackRow.key == "e2"))
    clock.pass_minutes(-3)
    assert first == clock.now


async def test_a_reason_joins_the_verdict_it_explains(
    database: Database, book: FeedbackBook
) -> None:
    await book.record("telegram:1", "e1", False, "e2")
    await book.record("web:2", "e1", False, "e3")
    for _ in range(2):
        await book.explain("telegram:1", "e1", "说得不对", "e4")
    assert await verdicts(database) == [
        ("telegram:1", "e1", False, "说得不对"),
        ("web:2", "e1", False, None),
    ]


async def test_a_reason_alone_is_a_verdict_of_no_use(
    database: Database, book: FeedbackBook
) -> None:
    await book.record("telegram:1", "e1", True, "e2")
    for _ in range(2):
        await book.explain("telegram:1", "e1", "不够详细", "e3")
    assert await verdicts(database) == [
        ("telegram:1", "e1", True, None),
        ("telegram:1", "e1", False, "不够详细"),
    ]


@pytest.mark.parametrize("nasty", ["\0", "\ud800", "焊" * 10**6])
async def test_hostile_words_are_kept_too(
    database: Database, book: FeedbackBook, nasty: str
) -> None:
    await book.record(nasty, nasty, False, nasty)
    await book.explain(nasty, nasty, nasty, "e2")
    ((_, _, useful, reason),) = await verdicts(database)
    assert not useful
    assert reason


async def test_a_visitor_says_what_was_wrong(database: Database, book: FeedbackBook) -> None:
    await take_verdict(Talk("telegram:1", "e2", "feedback?about=e1&useful=no"), book)
    await take_reason(Talk("telegram:1", "e3", "feedback.why?about=e1&why=3"), book)
    assert await verdicts(database) == [("telegram:1", "e1", False, REASONS["3"])]
