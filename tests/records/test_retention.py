"""What visitors said, and what was done for them, is kept as long as they were told, no longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.pipeline.messages import HeardLine, SaidLine
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.feedback import FeedbackBook
from bot.records.followups import FollowUps
from bot.records.ledger import Ledger
from bot.records.retention import Retention
from bot.records.seekers import Seekers
from bot.records.services import Services
from bot.records.tables import ApplicationRow, OpeningRow, Row, ServiceRow
from bot.records.tickets import Tickets
from bot.records.transcripts import Transcripts
from bot.records.unanswered import Unanswered
from dialogs.consent import Purpose
from dialogs.work import Wish

from .conftest import Clock

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEPT, RECORDS_KEPT = timedelta(days=180), timedelta(days=1095)
SECOND = timedelta(seconds=1)


def lines(name: str, at: datetime) -> list[tuple[str, HeardLine | SaidLine]]:
    when = at.timestamp()
    heard = HeardLine(name, "web:a", when, "问", "words")
    said = SaidLine(name, f"{name}.0", "web:a", when, "答", [], "policy", "declined", [], {}, "问")
    return [(f"1-{name}-0", heard), (f"1-{name}-1", said)]


def retention(database: Database, now: datetime = NOW) -> Retention:
    return Retention(database.sessions, KEPT, lambda: now, RECORDS_KEPT)


async def everything_for(database: Database, clock: Clock, urn: str, name: str) -> int:
    sessions = database.sessions
    await Ledger(sessions, clock).register(urn, Wish(), f"{urn}r")
    seeker = await Seekers(sessions, clock).of(urn)
    assert seeker is not None
    await FollowUps(sessions, clock).begin(seeker.number, date(2020, 1, 1), None)
    await ConsentBook(sessions, clock, lambda _: "1").record(
        urn, Purpose.REGISTER, "1", True, f"{urn}c"
    )
    await Tickets(sessions, clock).open(urn, "问", f"{urn}t", "")
    await FeedbackBook(sessions, clock).record(urn, "e", True, f"{urn}f")
    heard = HeardLine(name, urn, clock.now.timestamp(), "问", "words")
    await Transcripts(sessions).write([(f"2-{name}-0", heard)])
    return seeker.number


async def counts(database: Database) -> dict[str, int]:
    async with database.sessions() as session:
        return {
            table.name: found
            for table in Row.metadata.sorted_tables
            if (found := await session.scalar(select(func.count()).select_from(table)))
        }


async def test_what_is_too_old_is_forgotten_and_nothing_else(database: Database) -> None:
    transcripts = Transcripts(database.sessions)
    await transcripts.write(lines("1", NOW - KEPT - SECOND) + lines("2", NOW - KEPT + SECOND))
    assert await retention(database).purge() == {"messages": 2, "unanswered": 1}
    assert await retention(database).purge() == {}
    assert [spoken.event for spoken in await transcripts.of("web:a", 10)] == ["2", "2"]
    assert len(await Unanswered(database.sessions).latest(10)) == 1


async def test_records_go_after_a_longer_time(database: Database, clock: Clock) -> None:
    clock.now = NOW - RECORDS_KEPT - SECOND
    await everything_for(database, clock, "web:old", "1")
    clock.now = NOW - RECORDS_KEPT + SECOND
    await everything_for(database, clock, "web:new", "2")
    both = await counts(database)
    told = await retention(database).purge(dry_run=True)
    assert await counts(database) == both
    assert await retention(database).purge() == told
    left = await counts(database)
    assert {name: both[name] - left.get(name, 0) for name in told} == told
    assert await Seekers(database.sessions, clock).of("web:old") is None
    assert left["seekers"] == left["wishes"] == left["consents"] == left["visitors"] == 1
    assert left["followups"] == 3


async def test_who_was_served_lately_is_kept_whole(database: Database, clock: Clock) -> None:
    clock.now = NOW - 2 * RECORDS_KEPT
    number = await everything_for(database, clock, "web:old", "1")
    clock.now = NOW - SECOND
    await Services(database.sessions, clock).add(number, "noted", {"text": "回访"}, "k")
    gone = await retention(database).purge()
    assert gone.keys() == {"messages", "tickets", "feedback"}
    assert await Seekers(database.sessions, clock).get(number) is not None


async def test_what_was_left_behind_by_somebody_deleted_goes(
    database: Database, clock: Clock
) -> None:
    await Services(database.sessions, clock).add(77, "offered", {"count": 3}, "k")
    assert await retention(database).purge() == {"services": 1}
    async with database.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(ServiceRow)) == 0


@pytest.mark.parametrize(("state", "is_needed", "goes"), [
    ("closed", False, True), ("open", False, False), ("closed", True, False),
])  # fmt: skip
async def test_openings_that_are_over_go_unless_a_card_needs_them(
    database: Database, clock: Clock, state: str, is_needed: bool, goes: bool
) -> None:
    clock.now = NOW - SECOND
    number = await everything_for(database, clock, "web:new", "1")
    old = NOW - RECORDS_KEPT - SECOND
    async with database.sessions.begin() as session:
        values = {"employer": "示例公司", "work_type": "全职", "description": "", "digest": "d",
                  "state": state}  # fmt: skip
        opening = OpeningRow(key="k", title="焊工", **values, requirements="", flags=[],
                             published=old.date(), created_at=old, updated_at=old,
                             is_example=True)  # fmt: skip
        session.add(opening)
        await session.flush()
        if is_needed:
            session.add(ApplicationRow(seeker_id=number, opening_id=opening.id, state="hired",
                                       shares=True, opened_at=old, updated_at=old))  # fmt: skip
    assert (await retention(database).purge() == {"openings": 1}) is goes
