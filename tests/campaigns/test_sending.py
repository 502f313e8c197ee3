"""A campaign reaches exactly whom it should, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.delivery import Delivery, Gone, Refused, Sent, Unsure, Wait
from bot.jobs.campaigns.breaker import RUN
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Button, Lane, Message, SaidLine
from bot.pipeline.sender import MOST_UNDER_WAY, UNDER_WAY
from bot.pipeline.switches import CAMPAIGNS, Off
from bot.records.campaign_rows import Campaign, State
from bot.records.database import Database
from tests.campaigns.conftest import Square, people
from tests.campaigns.station import Station
from tests.databases import database_in

STILL = 0.8  # seconds in which nothing may happen: each part looks again twice a second
STRAY = 0.1  # seconds until what was on its way has arrived
PASSED = 2  # messages that may have passed the gate by then and not arrived, on a busy machine


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """What the databases have to be agreed on, the tests of the records hold."""
    async with database_in(tmp_path) as database:
        yield database


@pytest.fixture
async def station(square: Square, line: Line) -> AsyncIterator[Station]:
    async with Station(line, square).open() as station:
        yield station


@pytest.fixture
def slow(square: Square, line: Line) -> Station:
    """Sends fifty a second."""
    return Station(line, square, rate=50.0)


async def ended(station: Station, campaign: Campaign) -> Campaign:
    async def is_so() -> bool:
        now = await station.square.campaigns.get(campaign.number)
        return now.state in (State.DONE, State.CANCELLED)

    await station.until(is_so)
    return await station.square.campaigns.get(campaign.number)


async def test_everybody_gets_it_once(station: Station) -> None:
    square = station.square
    await square.come(*people(120))
    campaign = await square.running(buttons=(Button("感兴趣", "/campaign.interested?campaign=1"),))
    assert (await ended(station, campaign)).state is State.DONE
    assert await square.fates(campaign) == {"sent": 120}
    assert set(station.channel.copies().values()) == {1}
    assert len(station.channel.copies()) == 120
    [spoken] = [it for it in await square.transcripts.of("telegram:7", 9) if it.script]
    assert (spoken.text, spoken.delivery, spoken.event) == ("周六有招聘会。", "sent", "c1")


async def test_each_ends_as_the_network_says(station: Station) -> None:
    square = station.square
    fates: dict[str, Delivery] = {
        "telegram:1": Gone("blocked by the user"),
        "telegram:2": Refused("chat not found"),
        "telegram:3": Unsure("502"),
    }

    floods = [Wait(0.3)]

    async def fate(message: Message) -> Delivery:
        if message.urn == "telegram:4" and floods:
            return floods.pop()
        return fates.get(message.urn, Sent("1"))

    station.channel.fate = fate
    await square.come(*people(5))
    campaign = await square.running()
    await ended(station, campaign)
    assert await square.fates(campaign) == {"sent": 2, "failed": 2, "unknown": 1}
    reasons = await square.recipients.by_reason(campaign.number)
    assert sorted(reason for _, reason in reasons) == ["502", "blocked", "chat not found"]


async def test_a_pause_takes_effect_at_once_and_what_waited_goes_on(slow: Station) -> None:
    square = slow.square
    await square.come(*people(150))
    async with slow.open():
        campaign = await square.running()
        for turn in range(3):
            await slow.until_sent(30 * turn + 20)
            await square.campaigns.pause(campaign.number, "anna", f"pause {turn}")
            await asyncio.sleep(STRAY)
            sent = len(slow.channel.messages)
            await asyncio.sleep(STILL)
            assert len(slow.channel.messages) <= sent + PASSED
            await square.fates(campaign)
            await square.campaigns.resume(campaign.number, "anna", f"resume {turn}")
        await ended(slow, campaign)
    assert await square.fates(campaign) == {"sent": 150}
    assert set(slow.channel.copies().values()) == {1}


async def test_a_cancelled_campaign_sends_nothing_more(slow: Station) -> None:
    square = slow.square
    await square.come(*people(200))
    async with slow.open():
        campaign = await square.running()
        await slow.until_sent(20)
        await square.campaigns.cancel(campaign.number, "anna", "cancel")
        await asyncio.sleep(STRAY)
        sent = len(slow.channel.messages)

        async def is_swept() -> bool:
            return (await square.fates(campaign)).keys() <= {"sent", "stopped"}

        await slow.until(is_swept)
        await asyncio.sleep(STILL)
    assert len(slow.channel.messages) <= sent + PASSED
    fates = await square.fates(campaign)
    assert fates == {"sent": len(slow.channel.messages), "stopped": 200 - fates["sent"]}


async def test_whoever_opts_out_in_mid_send_gets_nothing(slow: Station) -> None:
    square = slow.square
    await square.come(*people(150))
    async with slow.open():
        campaign = await square.running()
        await slow.until_sent(20)
        got = set(slow.channel.copies())
        gone = {f"telegram:{number}" for number in range(1, 151, 3)}
        for urn in gone:
            await square.mute(urn, campaign.number)
        await asyncio.sleep(STRAY)
        too_late = set(slow.channel.copies()) - got
        await ended(slow, campaign)
    assert len((set(slow.channel.copies()) & gone) - got - too_late) <= PASSED
    fates = await square.fates(campaign)
    assert fates["sent"] == len(slow.channel.messages)
    assert fates["sent"] + fates["skipped"] + fates.get("stopped", 0) == 150


async def test_nothing_is_sent_after_its_time(slow: Station) -> None:
    square = slow.square
    await square.come(*people(100))
    async with slow.open():
        campaign = await square.running(expires_at=square.clock.now + timedelta(hours=1))
        await slow.until_sent(10)
        square.clock.pass_minutes(61)
        sent = len(slow.channel.messages)
        assert (await ended(slow, campaign)).state is State.DONE
    assert len(slow.channel.messages) - sent <= PASSED
    assert set(await square.recipients.by_reason(campaign.number)) == {("stopped", "expired")}


async def test_it_starts_at_its_time_and_spreads_over_days(station: Station) -> None:
    square = station.square
    await square.come(*people(25))
    campaign = await square.running(starts_at=square.clock.now + timedelta(minutes=30), per_day=10)
    await asyncio.sleep(STILL)
    assert station.channel.messages == []
    for day in range(3):
        square.clock.pass_minutes(30 if not day else 24 * 60)
        await station.until_sent(min(25, 10 * (day + 1)))
        await asyncio.sleep(0.8)
        assert len(station.channel.messages) == min(25, 10 * (day + 1))
    await ended(station, campaign)


async def test_a_run_of_the_same_refusal_pauses_it(slow: Station) -> None:
    square = slow.square

    async def refuse(message: Message) -> Delivery:
        return Refused("Bad Request: message is too long")

    slow.channel.fate = refuse
    await square.come(*people(240))
    async with slow.open():
        campaign = await square.running()

        async def is_paused() -> bool:
            square.clock.now += timedelta(seconds=0.1)
            return (await square.campaigns.get(campaign.number)).state is State.PAUSED

        await slow.until(is_paused)
        paused = await square.campaigns.get(campaign.number)
        assert paused.state_reason == "Bad Request: message is too long"
        assert RUN <= (await square.fates(campaign))["failed"] < 120
        slow.channel.fate = None
        await asyncio.sleep(STILL)  # until the last refusals are known
        await square.campaigns.resume(campaign.number, "anna", "resume")
        await square.campaigns.retry(campaign.number, "anna", "retry")
        await ended(slow, campaign)
    assert await square.fates(campaign) == {"sent": 240}


async def test_the_kill_switch_holds_all_campaigns(slow: Station) -> None:
    square = slow.square
    await square.come(*people(60))
    async with slow.open():
        campaign = await square.running()
        await slow.until_sent(10)
        await slow.switches.turn_off(CAMPAIGNS, Off("trouble", "admin", 0.0))
        sent = len(slow.channel.messages)
        await asyncio.sleep(STILL)
        assert len(slow.channel.messages) - sent <= PASSED
        await slow.switches.turn_on(CAMPAIGNS)
        await ended(slow, campaign)
    assert set(slow.channel.copies().values()) == {1}


async def test_two_campaigns_share_the_rate(slow: Station) -> None:
    square = slow.square
    await square.come(*people(100))
    async with slow.open():
        large = await square.running()
        await slow.until_sent(10)
        small = await square.running(words="只给一个人", audience="渠道=telegram 最近=1")
        await slow.until_sent(130)
        told = [it.text for it in slow.channel.messages]
        assert 25 < told.count("只给一个人") < 60
        await ended(slow, large)
        await ended(slow, small)
    assert await square.fates(small) == {"sent": 100}


async def test_a_slow_network_that_takes_many_a_second_is_given_more_at_once(
    square: Square, line: Line
) -> None:
    fast, under_way, most = Station(line, square, rate=600.0), 0, 0

    async def slowly(message: Message) -> Delivery:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.3)
        under_way -= 1
        return Sent("1")

    fast.channel.fate = slowly
    await square.come(*people(150))
    async with fast.open():
        campaign = await square.running()
        await ended(fast, campaign)
    assert UNDER_WAY[Lane.BULK] < most <= MOST_UNDER_WAY


async def test_what_was_marked_and_not_said_is_said_again(square: Square, line: Line) -> None:
    station = Station(line, square)
    lost: list[str] = []

    class Dying:
        """Loses the first words it is given."""

        async def put(self, message: Message, said: SaidLine, lane: Lane) -> bool:
            if len(lost) < 5:
                lost.append(message.ref)
                raise StorageDown("cut")
            return await station.outbox.put(message, said, lane)

    await square.come(*people(20))
    station.feeder._mouth = Dying()
    async with station.open():
        campaign = await square.running()
        await ended(station, campaign)
    assert len(lost) == 5
    assert await square.fates(campaign) == {"sent": 20}
    assert set(station.channel.copies().values()) == {1}


async def test_no_more_stands_in_the_lane_than_a_second_needs(slow: Station) -> None:
    square = slow.square
    await square.come(*people(200))
    most = 0

    async def are_sent() -> bool:
        nonlocal most
        most = max(most, await slow.waiting())
        return len(slow.channel.messages) > 60

    async with slow.open():
        await square.running()
        await slow.until(are_sent)
    assert 20 < most <= 50
