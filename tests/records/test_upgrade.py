"""Whoever has run an earlier version keeps everything when they start this one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from bot.records.database import Database
from bot.records.days import Period
from bot.records.engines import address_of, engine_for
from bot.records.figures import Asked, Figures
from bot.records.migrations import upgrade
from bot.records.tallies import Tallies
from bot.records.tickets import State, Tickets

from .conftest import Clock

TICKET = """
INSERT INTO tickets (key, urn, topic, context, opened_at, state)
VALUES ('e1', 'web:1', '社保怎么交', '', '2026-01-02 03:04:05', 'open')
"""
MESSAGE = """
INSERT INTO messages (
    journal_id, event, urn, direction, at, text, kind, policies, evidence, buttons
) VALUES (
    '0-1', 'e1', 'web:1', 'heard', '2026-01-02 03:04:05',
    '社保怎么交', 'words', '[]', '{}', '[]'
)
"""


async def test_the_first_versions_data_is_kept(url: str, clock: Clock) -> None:
    engine = engine_for(address_of(url))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0001")
        await connection.execute(text(TICKET))
        await connection.execute(text(MESSAGE))
    await engine.dispose()

    database = await Database.open(url)
    tickets = Tickets(database.sessions, clock)
    [ticket] = await tickets.open_ones(10)
    assert (ticket.topic, ticket.state, ticket.contact) == ("社保怎么交", State.OPEN, None)
    await tickets.take(ticket.number, "wang")
    [taken] = await tickets.of_staff("wang", 10)
    assert taken.number == ticket.number
    assert await tickets.open("web:1", "别的", "e1", "") == taken
    async with database.sessions() as session:
        [(said,)] = await session.execute(text("SELECT text FROM messages"))
    assert said == "社保怎么交"
    await database.close()


TALK = """
INSERT INTO conversations (
    urn, day, channel, at, until, stale, is_talk, turns, answered, choices, declined, handoffs,
    useful, useless, undelivered, seconds, has_personal
) VALUES (
    'web:1', '2026-03-02', 'web', '2026-03-02 03:04:05', '2026-03-02 03:05:05', 0, true, 4, 3, 0,
    0, 0, 0, 0, 0, 60, false
)
"""
TALLY = """
INSERT INTO tallies (
    day, channel, county, town, talks, turns, answered, choices, declined, handoffs, useful,
    useless, undelivered
) VALUES ('2026-03-01', 'web', '清河县', '', 5, 9, 7, 0, 0, 0, 0, 0, 0)
"""


async def test_the_figures_of_days_before_tallies_of_closed_days_stay(url: str) -> None:
    engine = engine_for(address_of(url))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0009")
        for row in (TALK, TALLY):
            await connection.execute(text(row))
    await engine.dispose()

    database = await Database.open(url)
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    asked = Asked(Period(first, second))
    before = await Figures(database.sessions).of(asked)
    assert (before.by_day[first].talks, before.by_day[second].turns) == (5, 4)
    assert before.kept_until == first
    await Tallies(database.sessions).renew_all(date(2026, 3, 3))
    assert await Figures(database.sessions).of(asked) == before
    await database.close()
