"""Tickets are opened once and wait in order."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.records.database import Database
from bot.records.tickets import Ticket, Tickets
from dialogs.handoff import ask_for_a_person
from dialogs.talk import Talk

from .conftest import Clock


@pytest.fixture
def tickets(database: Database, clock: Clock) -> Tickets:
    return Tickets(database.sessions, clock)


async def test_a_ticket_has_a_number_and_waits(tickets: Tickets, clock: Clock) -> None:
    ticket = await tickets.open("telegram:1", "工资被拖欠怎么办", "e1", "social training")
    assert ticket == Ticket(1, "telegram:1", "工资被拖欠怎么办", "social training", clock.now)
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
        async with asyncio.timeout(5):
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


async def test_a_person_is_asked_for(tickets: Tickets) -> None:
    talk = Talk("telegram:1", "e1", "handoff", about=("social",), lately="社保怎么交")
    reply = await ask_for_a_person(talk, tickets)
    (ticket,) = await tickets.open_ones(10)
    assert reply.facts == {"number": ticket.number, "topic": "社保怎么交"}
    assert (ticket.visitor, ticket.topic, ticket.context) == ("telegram:1", "社保怎么交", "social")
