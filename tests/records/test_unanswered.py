"""What found no answer is read back newest first, masked, and of one county."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.pipeline.messages import SaidLine
from bot.records.database import Database
from bot.records.scope import Scope
from bot.records.tables import SeekerRow
from bot.records.transcripts import Transcripts
from bot.records.unanswered import Unanswered

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def declined(
    number: int, question: str = "公积金咋提取", urn: str = "web:1"
) -> tuple[str, SaidLine]:
    at = (BEGIN + timedelta(minutes=number)).timestamp()
    line = SaidLine(
        f"e{number}", f"e{number}.0", urn, at, "没有查到。", [], "policy", "declined", [], {},
        question,
    )  # fmt: skip
    return f"17-{number}-0", line


def seeker(urn: str, county: str) -> SeekerRow:
    times = dict.fromkeys(("registered_at", "updated_at"), BEGIN)
    return SeekerRow(
        urn=urn, county=county, town=f"{county}镇", state="active", pace="daily",
        is_example=False, **times,
    )  # fmt: skip


@pytest.fixture
async def unanswered(database: Database) -> Unanswered:
    await Transcripts(database.sessions).write(
        [
            declined(1, "我电话13000000000打不通", "web:1"),
            declined(2, urn="web:2"),
            declined(3, urn="web:3"),
            declined(3000, urn="web:1"),
        ]
    )
    async with database.sessions.begin() as session:
        session.add_all([seeker("web:1", "清河县"), seeker("web:2", "南和区")])
    return Unanswered(database.sessions)


async def test_those_since_a_time_come_newest_first(unanswered: Unanswered) -> None:
    found = await unanswered.since(BEGIN + timedelta(minutes=2))
    assert [it.visitor for it in found] == ["web:1", "web:3", "web:2"]
    assert [it.visitor for it in await unanswered.since(BEGIN, most=2)] == ["web:1", "web:3"]


async def test_a_telephone_number_is_not_told(unanswered: Unanswered) -> None:
    [*_, first] = await unanswered.since(BEGIN)
    assert first.question == "我电话130****0000打不通"


async def test_a_county_has_those_of_its_people_in_the_ledger(unanswered: Unanswered) -> None:
    found = await unanswered.since(BEGIN, Scope(frozenset({"清河县"})))
    assert {it.visitor for it in found} == {"web:1"}
    town = Scope(frozenset({"南和区"}), frozenset({"南和区镇"}))
    assert {it.visitor for it in await unanswered.since(BEGIN, town)} == {"web:2"}
    assert await unanswered.since(BEGIN, Scope(frozenset({"威县"}))) == []


async def test_more_than_one_page_is_read_without_gap_or_repetition(database: Database) -> None:
    lines = [declined(number // 3, urn=f"web:{number}") for number in range(2500)]
    batch = [(f"17-{place}-0", line) for place, (_, line) in enumerate(lines)]
    await Transcripts(database.sessions).write(batch)
    found = await Unanswered(database.sessions).since(BEGIN)
    assert len({it.visitor for it in found}) == len(found) == 2500
    assert [it.at for it in found] == sorted((it.at for it in found), reverse=True)
