"""Pushes are kept once, an opening is offered once, and turns come when they are due."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.pipeline.messages import VisitorLine
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.offers import ASKED, TOLD, Answer, Draft, Offers, Push, PushState
from bot.records.openings import Openings
from bot.records.pushes import Pushes, Turn
from bot.records.transcripts import Transcripts
from dialogs.work import Match, Opening, Pace, PayUnit, Wish

from .conftest import Clock

WISH = Wish(occupations=("电焊工",), counties=("南和区",), age=40)


@pytest.fixture
def offers(database: Database, clock: Clock) -> Offers:
    return Offers(database.sessions, clock)


@pytest.fixture
def pushes(database: Database, clock: Clock) -> Pushes:
    return Pushes(database.sessions, clock)


@pytest.fixture
def openings(database: Database, clock: Clock) -> Openings:
    return Openings(database.sessions, clock)


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database.sessions, clock)


def posting(number: int) -> Opening:
    return Opening(0, f"焊工{number}", "示例公司", date(2026, 3, 1), occupation="电焊工")


async def published(openings: Openings, many: int) -> list[Opening]:
    kept = await openings.keep([posting(number) for number in range(many)])
    found = [await openings.get(it.number) for it in kept]
    return [it for it in found if it is not None]


async def registered(ledger: Ledger, pushes: Pushes, *urns: str) -> list[int]:
    numbers = []
    for urn in urns:
        await ledger.register(urn, WISH, f"register:{urn}")
        who = await pushes.candidate(urn)
        assert who is not None
        numbers.append(who.seeker)
    return numbers


def draft(seeker: int, key: str, openings: list[Opening], kind: str = Pace.DAILY) -> Draft:
    matches = tuple(Match(it, 0.9, ("trade",), ("neighbour",)) for it in openings)
    return Draft(seeker, key, kind, matches, len(matches))


async def test_a_push_is_kept_once(
    offers: Offers, openings: Openings, ledger: Ledger, pushes: Pushes
) -> None:
    [seeker] = await registered(ledger, pushes, "telegram:1")
    jobs = await published(openings, 4)
    [first] = await offers.keep([draft(seeker, "a", jobs[:3])])
    assert first.is_new
    assert first.state is PushState.PLANNED
    assert [(it.opening, it.widened) for it in first.offers] == [
        (job.number, ("neighbour",)) for job in jobs[:3]
    ]
    [again] = await offers.keep([draft(seeker, "a", jobs[3:])])
    assert again == replace(first, is_new=False)
    assert await offers.of("a") == again
    assert await offers.of("b") is None


async def test_an_opening_is_offered_once_unless_it_changes(
    offers: Offers, openings: Openings, ledger: Ledger, pushes: Pushes
) -> None:
    seeker, other = await registered(ledger, pushes, "telegram:1", "web:2")
    jobs = await published(openings, 3)
    changed = replace(jobs[0], digest="changed")
    pushed = await offers.keep(
        [
            draft(seeker, "a", jobs[:2]),
            draft(seeker, "b", jobs),
            draft(seeker, "c", [changed]),
            draft(other, "d", jobs[:1]),
        ]
    )
    assert [[it.opening for it in push.offers] for push in pushed] == [
        [jobs[0].number, jobs[1].number], [jobs[2].number], [jobs[0].number], [jobs[0].number],
    ]  # fmt: skip
    seen = await offers.seen([seeker, other])
    assert sorted(seen[seeker]) == sorted((it.number, it.digest) for it in (*jobs, changed))
    assert seen[other] == [(jobs[0].number, jobs[0].digest)]


async def test_many_at_once_offer_an_opening_once(
    offers: Offers, openings: Openings, ledger: Ledger, pushes: Pushes
) -> None:
    [seeker] = await registered(ledger, pushes, "telegram:1")
    jobs = await published(openings, 3)
    kept = await asyncio.gather(
        *(offers.keep([draft(seeker, f"k{n % 4}", jobs)]) for n in range(12))
    )
    offered = {it.number: [offer.opening for offer in it.offers] for [it] in kept}
    assert len(offered) == 4
    assert sorted(number for it in offered.values() for number in it) == [it.number for it in jobs]


async def test_answers_are_kept(
    offers: Offers, openings: Openings, ledger: Ledger, pushes: Pushes
) -> None:
    seeker, _ = await registered(ledger, pushes, "telegram:1", "web:2")
    jobs = await published(openings, 3)
    [push] = await offers.keep([draft(seeker, "a", jobs)])
    await offers.accept("telegram:1", jobs[0].number)
    await offers.refuse("web:2", push.number, "太远")  # not theirs
    assert [it.answer for it in (await offers.of("a")).offers] == [Answer.INTERESTED, None, None]  # type: ignore[union-attr]
    await openings.fill(jobs[1].number)
    assert await offers.end_filled() == 1
    assert await offers.end_filled() == 0
    await offers.refuse("telegram:1", push.number, "太远")
    kept = await offers.of("a")
    assert kept is not None
    assert [it.answer for it in kept.offers] == [
        Answer.INTERESTED, Answer.FILLED, Answer.UNSUITABLE,
    ]  # fmt: skip


async def test_who_is_due_is_found_and_gone_when_the_turn_is_over(
    pushes: Pushes, ledger: Ledger, clock: Clock
) -> None:
    await registered(ledger, pushes, "telegram:1", "web:2", "desk:3")
    due = await pushes.due(["telegram", "web"], 10)
    assert [it.urn for it in due] == ["telegram:1", "web:2"]
    assert due[0].wish == WISH
    assert due[0].age == 40
    assert [it.urn for it in await pushes.due(["web"], 10)] == ["web:2"]
    later = clock.now + timedelta(hours=1)
    await pushes.end([Turn(due[0].seeker, due[0].due, later, found=2)])
    assert [it.urn for it in await pushes.due(["telegram", "web"], 10)] == ["web:2"]
    clock.pass_minutes(61)
    assert {it.urn for it in await pushes.due(["telegram", "web"], 10)} == {"telegram:1", "web:2"}


async def test_a_pace_chosen_meanwhile_is_kept(
    pushes: Pushes, ledger: Ledger, clock: Clock
) -> None:
    [seeker] = await registered(ledger, pushes, "telegram:1")
    [due] = await pushes.due(["telegram"], 10)
    assert await pushes.set_pace("telegram:1", Pace.NEVER, None)
    assert not await pushes.set_pace("telegram:2", Pace.WEEKLY, None)
    await pushes.end([Turn(seeker, due.due, clock.now)])
    assert await pushes.due(["telegram"], 10) == []
    who = await pushes.candidate("telegram:1")
    assert who is not None
    assert (who.pace, who.due) == (Pace.NEVER, None)


async def test_who_has_stopped_or_withdrawn_is_not_due(
    pushes: Pushes, ledger: Ledger, database: Database, clock: Clock
) -> None:
    await registered(ledger, pushes, "telegram:1", "telegram:2", "telegram:3")
    await ledger.withdraw("telegram:1", "w")
    gone = VisitorLine("telegram:2", clock.now.timestamp(), "stopped", "blocked")
    await Transcripts(database.sessions).write([("1-1-0", gone)])
    assert [it.urn for it in await pushes.due(["telegram"], 10)] == ["telegram:3"]
    assert await pushes.candidate("telegram:1") is None


async def test_who_hears_at_once_is_made_due(pushes: Pushes, ledger: Ledger, clock: Clock) -> None:
    seeker, daily = await registered(ledger, pushes, "telegram:1", "telegram:2")
    await pushes.set_pace("telegram:1", Pace.AT_ONCE, None)
    await pushes.set_pace("telegram:2", Pace.DAILY, clock.now + timedelta(days=1))
    welding = ("瓦工", "电焊工")
    eager = await pushes.at_once(welding, 0, clock.now, 10)
    assert [it.seeker for it in eager] == [seeker]
    assert await pushes.at_once(("瓦工",), 0, clock.now, 10) == []
    assert await pushes.at_once((), 0, clock.now, 10) == []
    assert await pushes.at_once(welding, seeker, clock.now, 10) == []
    await pushes.make_due([seeker, daily], clock.now)
    assert [it.seeker for it in await pushes.due(["telegram"], 10)] == [seeker]
    await pushes.end([Turn(seeker, clock.now, None, found=3)])
    assert await pushes.at_once(welding, 0, clock.now, 10) == []  # looked at just now
    later = clock.now + timedelta(1)
    assert [it.seeker for it in await pushes.at_once(welding, 0, later, 10)] == [seeker]
    await ledger.register("telegram:1", Wish(), "anything")
    assert [it.seeker for it in await pushes.at_once((), 0, later, 10)] == [seeker]


async def test_what_was_told_lately_is_counted(
    pushes: Pushes, offers: Offers, openings: Openings, ledger: Ledger, clock: Clock
) -> None:
    [seeker] = await registered(ledger, pushes, "telegram:1")
    jobs = await published(openings, 3)
    await offers.keep([draft(seeker, "asked", jobs[:1], ASKED)])
    await offers.keep([draft(seeker, "a", jobs[1:2])])
    at = clock.now
    clock.pass_minutes(60)
    await offers.keep([draft(seeker, "b", jobs[2:])])
    assert await pushes.lately([seeker], at - timedelta(1)) == {seeker: [at, clock.now]}
    assert await pushes.lately([seeker], at) == {seeker: [clock.now]}


async def test_the_newest_opening_is_known(
    pushes: Pushes, openings: Openings, clock: Clock
) -> None:
    assert await pushes.newest_opening() is None
    await published(openings, 1)
    clock.pass_minutes(5)
    await openings.keep([replace(posting(0), pay_min=5000, pay_unit=PayUnit.MONTH)])
    assert await pushes.newest_opening() == clock.now


async def test_what_staff_told_is_said_and_each_opening_is_answered_by_itself(
    offers: Offers, openings: Openings, ledger: Ledger, pushes: Pushes, clock: Clock
) -> None:
    [seeker] = await registered(ledger, pushes, "telegram:1")
    one, two, three = await published(openings, 3)
    await offers.keep([draft(seeker, "a", [one], ASKED)])
    told = replace(draft(seeker, "b", [two, three], TOLD), staff="li")
    [push] = await offers.keep([told])
    assert push.state is PushState.SAID
    assert await pushes.lately([seeker], clock.now - timedelta(days=7)) == {}  # is no push
    assert await offers.decline("telegram:1", two.number, "太远")
    assert not await offers.decline("telegram:1", 999, "太远")
    assert not await offers.accept("telegram:1", 999)
    assert [it.answer for it in (await kept(offers, "b")).offers] == [Answer.UNSUITABLE, None]
    await offers.refuse("telegram:1", 0, "工资低")  # the last one is meant
    assert {it.answer for it in (await kept(offers, "b")).offers} == {Answer.UNSUITABLE}
    assert [it.answer for it in (await kept(offers, "a")).offers] == [None]


async def kept(offers: Offers, key: str) -> Push:
    push = await offers.of(key)
    assert push is not None
    return push
