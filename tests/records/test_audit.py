"""The audit is a chain: nothing in it can be changed, taken out or slipped in unseen."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.records.audit import Audit
from bot.records.database import Database

from .conftest import Clock


@pytest.fixture
def audit(database: Database, clock: Clock) -> Audit:
    return Audit(database.sessions, clock)


async def three_entries(audit: Audit) -> None:
    await audit.note("wang", "sign_in", address="127.0.0.1")
    await audit.note("wang", "reveal", "seeker:7", {"why": "回电", "fields": ["phone"]})
    await audit.note("-", "denied", "ticket:3")


async def test_what_was_done_is_told_newest_first(audit: Audit) -> None:
    await three_entries(audit)
    entries = await audit.latest(2)
    assert [(it.number, it.staff, it.action, it.about) for it in entries] == [
        (3, "-", "denied", "ticket:3"),
        (2, "wang", "reveal", "seeker:7"),
    ]
    assert entries[1].detail == {"why": "回电", "fields": ["phone"]}
    assert [it.number for it in await audit.latest(5, before=2)] == [1]
    assert [it.number for it in await audit.latest(5, staff="wang", action="sign_in")] == [1]


async def test_an_untouched_chain_holds(audit: Audit) -> None:
    await three_entries(audit)
    verdict = await audit.verify()
    assert (verdict.entries, verdict.broken_at) == (3, None)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET staff = 'li' WHERE number = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
    ],
)
async def test_tampering_shows(
    audit: Audit, database: Database, tampering: str, broken_at: int
) -> None:
    await three_entries(audit)
    async with database.sessions.begin() as session:
        await session.execute(text(tampering))
    assert (await audit.verify()).broken_at == broken_at


async def test_many_at_once_make_one_chain(audit: Audit) -> None:
    await asyncio.gather(*(audit.note(f"staff{number}", "change") for number in range(20)))
    verdict = await audit.verify()
    assert (verdict.entries, verdict.broken_at) == (20, None)
