"""A conversation is summed up from its messages, whatever happens to them and whenever."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text

from bot.pipeline.messages import DeliveryLine, HeardLine, Line, SaidLine
from bot.records.database import Database
from bot.records.dossiers import Dossiers
from bot.records.engines import address_of, engine_for
from bot.records.feedback import FeedbackBook
from bot.records.migrations import upgrade
from bot.records.pieces import wanted
from bot.records.retention import Retention
from bot.records.summaries import OFTEN, Summaries
from bot.records.tables import ConversationRow, ConversationTagRow, MessageRow
from bot.records.transcripts import Transcripts
from bot.records.wordbook import Quest, Wordbook

from .conftest import Clock

MORNING = 1_772_438_400.0  # 2026-03-02 08:00 UTC, 16:00 here
ME = "web:1"


def heard(
    second: float, words: str = "社保补贴怎么领", urn: str = ME, kind: str = "words"
) -> HeardLine:
    return HeardLine(f"{urn}e{second}", urn, MORNING + second, words, kind)


def said(
    second: float, outcome: str = "answered", urn: str = ME, of: float | None = None, **more: str
) -> SaidLine:
    event = f"{urn}e{second if of is None else of}"
    return SaidLine(
        event, f"{event}.{second}", urn, MORNING + second + 0.25, "到街道申请补贴。", [], "policy",
        outcome, ["social"] if outcome == "answered" else [], dict(more), "社保补贴怎么领",
    )  # fmt: skip


class Journal:
    """Writes lines as the journal does, each once."""

    def __init__(self, database: Database, told: int = 0) -> None:
        """`told`: how many lines are there already."""
        self._transcripts = Transcripts(database.sessions)
        self._number = told

    async def tells(self, *lines: Line) -> None:
        batch = []
        for line in lines:
            self._number += 1
            batch.append((f"1-{self._number}-0", line))
        await self._transcripts.write(batch)


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database)


@pytest.fixture
def summaries(database: Database) -> Summaries:
    return Summaries(database.sessions)


async def conversations(database: Database) -> list[ConversationRow]:
    async with database.sessions() as session:
        rows = await session.scalars(select(ConversationRow).order_by(ConversationRow.at))
        return list(rows)


async def tags(database: Database, number: int) -> set[tuple[str, str]]:
    mine = select(ConversationTagRow).where(ConversationTagRow.conversation_id == number)
    async with database.sessions() as session:
        return {(row.kind, row.value) for row in await session.scalars(mine)}


async def test_a_day_that_is_deleted_goes_though_its_visitor_came_back(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(heard(0), said(0), heard(86_400.0), said(86_400.0))
    await summaries.renew_all()
    async with database.sessions.begin() as session:
        first = MessageRow.event == f"{ME}e0"
        await session.execute(delete(MessageRow).where(first))
    assert await summaries.renew() == 1
    assert await summaries.renew() == 0
    assert [it.day for it in await conversations(database)] == [date(2026, 3, 3)]


async def test_old_days_are_summed_up_though_today_goes_on(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(heard(0), said(0), heard(86_400.0), said(86_400.0))
    assert await summaries.renew_all(date(2026, 3, 2)) == 1
    assert [it.stale for it in await conversations(database)] == [0, 1]


async def found(database: Database, words: str) -> int:
    what = wanted(words)
    if what is None:
        return 0
    async with database.sessions() as session:
        return len(await Wordbook().find(session, Quest(what), 1000))


async def test_a_conversation_is_counted_by_hand(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(
        heard(0), said(0),
        heard(60, "我的电话13000000000"), said(60, "declined"),
        heard(100, "人工"), said(100, "handoff"),
        heard(200, "王", kind="taken_over"), said(203, "chat", of=200, staff="wang"),
    )  # fmt: skip
    lost = DeliveryLine(f"{ME}e0.0", ME, MORNING + 1, "failed")
    await journal.tells(lost)
    assert await summaries.renew() == 1
    [row] = await conversations(database)
    assert (row.urn, row.day, row.channel, row.stale) == (ME, date(2026, 3, 2), "web", 0)
    assert (row.turns, row.answered, row.choices, row.declined, row.handoffs) == (3, 1, 0, 1, 1)
    assert (row.first_response, row.longest_wait, row.seconds) == (250, 250, 203)
    assert (row.has_personal, row.undelivered, row.is_talk) == (True, 1, True)
    assert await tags(database, row.id) == {
        ("channel", "web"), ("script", "policy"), ("policy", "social"), ("staff", "wang"),
        ("outcome", "answered"), ("outcome", "declined"), ("outcome", "handoff"),
        ("mark", "personal"), ("mark", "undelivered"),
    }  # fmt: skip
    assert await summaries.renew() == 0


async def test_who_speaks_on_is_summed_up_when_they_pause_or_after_a_while(
    journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(heard(0), said(0))
    await journal.tells(heard(60), said(60))
    just_before, after = (datetime.fromtimestamp(MORNING + it, UTC) for it in (59, 61))
    assert await summaries.renew(quiet_since=just_before) == 0
    assert await summaries.renew(quiet_since=after) == 1
    turns = 2
    for second in range(100, 100 + OFTEN + turns):
        assert await summaries.renew(quiet_since=after) == 0
        await journal.tells(heard(second))
    assert await summaries.renew(quiet_since=after) == 1


async def test_midnight_here_parts_two_conversations(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    before = 8 * 3600 - 1  # one second to midnight here
    await journal.tells(heard(before), said(before), heard(before + 2), said(before + 2))
    await summaries.renew_all()
    assert [(it.day.day, it.turns) for it in await conversations(database)] == [(2, 1), (3, 1)]


async def test_what_is_only_sent_is_no_talk(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(said(0, "chat"))
    await summaries.renew_all()
    [row] = await conversations(database)
    assert (row.is_talk, row.turns, row.first_response) == (False, 0, None)


async def test_told_twice_it_is_counted_once(database: Database, summaries: Summaries) -> None:
    batch = [("1-1-0", heard(0)), ("1-2-0", said(0))]
    for _ in range(3):
        await Transcripts(database.sessions).write(batch)
        await summaries.renew_all()
    [row] = await conversations(database)
    assert (row.turns, row.answered) == (1, 1)
    assert await found(database, "社保") == 1


async def test_what_is_written_while_it_is_summed_up_counts_too(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(heard(0), said(0))

    async def talk() -> None:
        for second in range(1, 20):
            await journal.tells(heard(second), said(second))

    async def sum_up() -> None:
        for _ in range(20):
            await summaries.renew()

    await asyncio.gather(talk(), sum_up())
    await summaries.renew_all()
    [row] = await conversations(database)
    assert (row.turns, row.answered, row.stale) == (20, 20, 0)
    assert await found(database, "社保补贴") == 20


async def test_a_deleted_message_is_not_counted_nor_found(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(heard(0), said(0), heard(9, "驾校报销"), said(9, "declined"))
    await summaries.renew_all()
    assert await found(database, "驾校") == 1
    async with database.sessions.begin() as session:
        await session.execute(delete(MessageRow).where(MessageRow.event == f"{ME}e9"))
    assert await found(database, "驾校") == 0
    await summaries.renew_all()
    [row] = await conversations(database)
    assert (row.turns, row.declined) == (1, 0)
    assert ("outcome", "declined") not in await tags(database, row.id)


async def test_nothing_is_left_of_who_is_erased(
    database: Database, journal: Journal, summaries: Summaries, clock: Clock
) -> None:
    await journal.tells(heard(0, "驾校报销"), said(0), heard(5, urn="web:2"), said(5, urn="web:2"))
    await summaries.renew_all()
    await Dossiers(database.sessions).erase(ME, clock.now + timedelta(days=1))
    await summaries.renew_all()
    assert [it.urn for it in await conversations(database)] == ["web:2"]
    assert await found(database, "驾校") == 0
    async with database.sessions() as session:
        mine = select(func.count()).where(ConversationTagRow.urn == ME)
        assert await session.scalar(mine) == 0


async def test_a_conversation_goes_with_its_messages(
    database: Database, journal: Journal, summaries: Summaries, clock: Clock
) -> None:
    await journal.tells(heard(0), said(0))
    await summaries.renew_all()
    clock.pass_minutes(60 * 24 * 30)
    await Retention(database.sessions, timedelta(days=10), clock).purge()
    await summaries.renew_all()
    assert await conversations(database) == []
    assert await found(database, "社保") == 0


async def test_a_verdict_counts_on_the_day_of_the_answer(
    database: Database, journal: Journal, summaries: Summaries, clock: Clock
) -> None:
    await journal.tells(heard(0), said(0))
    await summaries.renew_all()
    clock.pass_minutes(60 * 24)
    await FeedbackBook(database.sessions, clock).record(ME, f"{ME}e0", False, "k")
    day = 24 * 3600.0
    await journal.tells(heard(day, "没帮上", kind="press"), said(day, "chat"))
    await summaries.renew_all()
    first, second = await conversations(database)
    assert (first.useless, second.useless) == (1, 0)
    assert ("mark", "useless") in await tags(database, first.id)


async def test_a_number_can_not_be_searched(
    database: Database, journal: Journal, summaries: Summaries
) -> None:
    await journal.tells(heard(0, "打我电话13000000000谢谢"), said(0))
    await summaries.renew_all()
    assert await found(database, "电话") == 1
    for number in ("13000000000", "130", "0000", "1300000"):
        assert await found(database, number) == 0


@pytest.mark.parametrize(
    ("words", "hits"),
    [("补贴", 3), ("社保补贴", 2), ("领", 1), ("社", 2), ("补贴 街道", 1), ("ABC", 1), ("abc", 1),
     ("贴补", 0), ("ab", 0), ("补贴街道", 0)],
)  # fmt: skip
async def test_words_of_any_length_are_found(
    database: Database, journal: Journal, summaries: Summaries, words: str, hits: int
) -> None:
    lines = [heard(0), replace(heard(1), text="社保补贴ＡＢＣ"), said(2)]
    await journal.tells(*lines)
    await summaries.renew_all()
    assert await found(database, words) == hits


@pytest.mark.parametrize(
    "words",
    ["a" * 40_000, "1" * 5000, "补" * 40_000, "。。。", "", "\0\ud800",
     "' & | ! ( ) :* \\", "\U0001f600", "ﬁＡ①"],
)  # fmt: skip
async def test_whatever_is_said_can_be_indexed(
    database: Database, journal: Journal, summaries: Summaries, words: str
) -> None:
    await journal.tells(heard(0, words), said(0))
    assert await summaries.renew_all() == 1
    assert await found(database, "街道") == 1
    await found(database, words[:200])  # and looked for


OLD = """
INSERT INTO messages (
    journal_id, event, urn, direction, at, text, kind, outcome, policies, evidence, buttons
) VALUES (
    '0-{n}', 'e{n}', 'web:{who}', '{way}', '2026-01-{day} 03:04:05', '社保怎么交', {kind},
    {outcome}, '[]', '{{}}', '[]'
)
"""


async def test_what_was_said_before_the_upgrade_is_summed_up_and_found(url: str) -> None:
    engine = engine_for(address_of(url))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0004")
        for number in range(12):
            way, kind, outcome = ("heard", "'words'", "NULL") if number % 2 == 0 else (
                "said", "NULL", "'declined'")  # fmt: skip
            insert = OLD.format(n=number, who=number % 4 // 2, way=way, kind=kind, outcome=outcome,
                                day=f"{1 + number // 4:02}")  # fmt: skip
            await connection.execute(text(insert))
    await engine.dispose()
    database = await Database.open(url)
    await Summaries(database.sessions).renew_all()
    rows = await conversations(database)
    assert len(rows) == 6
    assert {(it.channel, it.turns, it.declined, it.stale) for it in rows} == {("web", 1, 1, 0)}
    assert await found(database, "社保") == 12
    await database.close()
