"""Tickets are opened once and wait in order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.hours import DeskHours, OfficeHours
from bot.records.database import Database
from bot.records.scope import Scope
from bot.records.tables import SeekerRow
from bot.records.tickets import AlreadyTaken, Outcome, State, Tickets
from dialogs.handoff import ask_for_a_person
from dialogs.talk import Talk

from .conftest import Clock


@pytest.fixture
def tickets(database: Database, clock: Clock) -> Tickets:
    return Tickets(database.sessions, clock)


async def test_a_ticket_has_a_number_and_waits(tickets: Tickets, clock: Clock) -> None:
    ticket = await tickets.open("telegram:1", "工资被拖欠怎么办", "e1", "social training")
    assert (ticket.number, ticket.visitor, ticket.topic) == (1, "telegram:1", "工资被拖欠怎么办")
    assert (ticket.context, ticket.opened_at) == ("social training", clock.now)
    assert ticket.state is State.OPEN
    assert await tickets.open_ones(10) == [ticket]


async def test_the_same_key_gives_the_same_ticket(tickets: Tickets, clock: Clock) -> None:
    first = await tickets.open("telegram:1", "社保", "e1", "")
    clock.pass_minutes(5)
    assert await tickets.open("telegram:1", "另一件事", "e1", "x") == first
    second = await tickets.open("telegram:1", "社保", "e2", "")
    assert second.number > first.number
    assert await tickets.open_ones(10) == [first, second]


async def test_a_key_used_at_once_by_many_gives_one_ticket(tickets: Tickets) -> None:
    opened = [tickets.open("telegram:1", "社保", f"e{number % 3}", "") for number in range(24)]
    numbers = [ticket.number for ticket in await asyncio.gather(*opened)]
    assert len(set(numbers)) == 3
    assert numbers == numbers[:3] * 8
    assert {ticket.number for ticket in await tickets.open_ones(10)} == set(numbers)


async def test_a_ticket_that_is_given_up_on_blocks_no_other(tickets: Tickets) -> None:
    for number in range(30):  # given up on in different places
        opening = asyncio.create_task(tickets.open("telegram:1", "社保", f"e{number}", ""))
        await asyncio.sleep(number / 10_000)
        opening.cancel()
        with suppress(asyncio.CancelledError):
            await opening
        async with asyncio.timeout(60):
            await tickets.open("web:2", "社保", "e", "")


async def test_who_waits_longest_comes_first(tickets: Tickets, clock: Clock) -> None:
    clock.pass_minutes(10)
    late = await tickets.open("web:2", "晚", "e2", "")
    clock.pass_minutes(-10)
    early = await tickets.open("telegram:1", "早", "e1", "")
    assert await tickets.open_ones(10) == [early, late]
    assert await tickets.open_ones(1) == [early]


@pytest.mark.parametrize("nasty", ["\0", "\ud800", "焊" * 10**6])
async def test_hostile_words_open_a_ticket_too(tickets: Tickets, nasty: str) -> None:
    ticket = await tickets.open(f"web:{nasty}", nasty, nasty, nasty)
    assert await tickets.open(f"web:{nasty}", nasty, nasty, nasty) == ticket
    assert await tickets.open_ones(10) == [ticket]


async def test_a_person_is_asked_for(tickets: Tickets, clock: Clock) -> None:
    talk = Talk("telegram:1", "e1", "handoff", about=("social",), lately="社保怎么交")
    hours = DeskHours(OfficeHours("0:00-24:00"), clock)
    reply = await ask_for_a_person(talk, tickets, hours)
    (ticket,) = await tickets.open_ones(10)
    assert reply.facts["number"] == ticket.number
    assert (ticket.visitor, ticket.topic, ticket.context) == ("telegram:1", "社保怎么交", "social")


async def test_a_ticket_is_taken_by_one(tickets: Tickets) -> None:
    ticket = await tickets.open("web:1", "社保", "e1", "")
    taken = await asyncio.gather(
        *(tickets.take(ticket.number, f"s{n}") for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(it, AlreadyTaken) for it in taken) == 7
    now = await tickets.get(ticket.number)
    assert now is not None
    assert now.state is State.TAKEN
    assert await tickets.open_ones(10) == []
    await tickets.take(ticket.number, now.staff or "")  # a double click
    assert [it.number for it in await tickets.of_staff(now.staff or "", 10)] == [ticket.number]


async def test_a_number_to_call_back_is_noted_until_it_is_closed(tickets: Tickets) -> None:
    number = (await tickets.open("web:1", "社保", "e1", "")).number
    other = (await tickets.open("web:2", "社保", "e2", "")).number
    for when in ("", "上午"):
        await tickets.call_back("e1", "13000000000", when)
    ticket, beside = await tickets.get(number), await tickets.get(other)
    assert ticket is not None
    assert beside is not None
    assert (ticket.contact, ticket.contact_when) == ("13000000000", "上午")
    assert (beside.contact, beside.contact_when) == (None, None)
    await tickets.take(number, "wang")
    await tickets.close(number, "wang", Outcome.ANSWERED)
    await tickets.call_back("e1", "13100000000")
    closed = await tickets.get(number)
    assert closed is not None
    assert closed.contact == "13000000000"


async def test_only_who_has_it_hands_it_on_puts_it_back_or_closes_it(
    tickets: Tickets, clock: Clock
) -> None:
    number = (await tickets.open("web:1", "社保", "e1", "")).number
    await tickets.take(number, "wang")
    for attempt in (
        tickets.transfer(number, "li", "li"),
        tickets.put_back(number, "li"),
        tickets.close(number, "li", Outcome.ANSWERED),
    ):
        with pytest.raises(AlreadyTaken):
            await attempt
    await tickets.transfer(number, "wang", "li")
    await tickets.put_back(number, "li", clock.now + timedelta(hours=1))
    assert await tickets.open_ones(10) == []
    assert [it.number for it in await tickets.put_off(10)] == [number]
    clock.pass_minutes(61)
    assert [it.number for it in await tickets.open_ones(10)] == [number]
    await tickets.take(number, "li")
    await tickets.close(number, "li", Outcome.REFERRED)
    [closed] = await tickets.closed(10)
    assert (closed.outcome, closed.closed_at) == ("referred", clock.now)
    with pytest.raises(AlreadyTaken):
        await tickets.take(number, "li")


async def test_staff_see_the_tickets_of_their_region(
    tickets: Tickets, database: Database, clock: Clock
) -> None:
    async with database.sessions.begin() as session:
        facts = {"state": "active", "pace": "daily", "is_example": False}
        times = {"registered_at": clock.now, "updated_at": clock.now}
        session.add(SeekerRow(urn="web:1", county="清河县", town="连庄镇", **facts, **times))
    mine = await tickets.open("web:1", "社保", "e1", "")
    other = await tickets.open("web:2", "社保", "e2", "")
    for scope in (
        Scope(frozenset({"清河县"})),
        Scope(frozenset({"清河县"}), frozenset({"连庄镇"})),
    ):
        assert [it.number for it in await tickets.open_ones(10, scope)] == [mine.number]
        assert await tickets.waiting(scope) == 1
        assert await tickets.get(other.number, scope) is None
    elsewhere = Scope(frozenset({"清河县"}), frozenset({"葛仙庄镇"}))
    assert await tickets.open_ones(10, elsewhere) == []
    assert await tickets.waiting() == 2


async def test_staff_are_reminded_once_of_what_waits_too_long(
    database: Database, clock: Clock
) -> None:
    tickets = Tickets(database.sessions, clock, lambda at: at + timedelta(minutes=30))
    ticket = await tickets.open("web:1", "社保", "e1", "")
    assert await tickets.overdue(10) == []
    clock.pass_minutes(31)
    assert [it.number for it in await tickets.overdue(10)] == [ticket.number]
    await tickets.nudged(ticket.number)
    assert await tickets.overdue(10) == []


async def test_notes_are_kept_in_order(tickets: Tickets) -> None:
    ticket = await tickets.open("web:1", "社保", "e1", "")
    await tickets.note(ticket.number, "wang", "打过电话，没人接")
    await tickets.note(ticket.number, "wang", "接通了")
    assert [it.text for it in await tickets.notes(ticket.number)] == ["打过电话，没人接", "接通了"]
