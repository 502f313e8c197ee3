"""A list of recipients that nobody waits for is written down in the background, each recipient once
however many write it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.jobs.campaigns.scribe import LEFT_AFTER, Scribe
from bot.records.campaign_rows import Campaign, State, WrongState
from tests.campaigns.conftest import EVERYBODY, Square, people

LEFT = LEFT_AFTER + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.campaigns.freezing.AT_ONCE", 2)


@pytest.fixture
def scribe(square: Square) -> Scribe:
    return Scribe(square.campaigns, square.extensions, square.freezer, square.clock)


async def begun(square: Square, many: int = 5) -> Campaign:
    """A campaign whose freezing was left after the first two."""
    await square.come(*people(many))
    draft = await square.campaigns.draft(EVERYBODY, "anna", "k")
    return await square.freezer.freeze(draft.number, "anna", "f", within=0)


async def test_what_is_left_is_ended(square: Square, scribe: Scribe) -> None:
    campaign = await begun(square)
    assert (campaign.state, campaign.frozen) == (State.FREEZING, 2)
    await scribe.round()  # whoever has begun it may still be at it
    assert (await square.campaigns.get(campaign.number)).frozen == 2
    square.clock.now += LEFT
    await scribe.round()
    campaign = await square.campaigns.get(campaign.number)
    assert (campaign.state, campaign.frozen) == (State.FROZEN, 5)
    assert await square.fates(campaign) == {"queued": 5}
    last = (await square.campaigns.history(campaign.number))[-1]
    assert (last.action, last.staff) == ("frozen", "anna")


async def test_everybody_is_written_down_once_by_several(square: Square) -> None:
    campaign = await begun(square)
    ends = await asyncio.gather(*(square.freezer.go_on(campaign, "anna") for _ in range(3)))
    assert {(it.state, it.frozen) for it in ends} == {(State.FROZEN, 5)}
    assert await square.fates(campaign) == {"queued": 5}


async def test_whoever_writes_on_after_the_end_adds_nobody(square: Square) -> None:
    campaign = await begun(square)
    await square.freezer.go_on(campaign, "anna")
    await square.come("web:late")
    assert (await square.freezer.go_on(campaign, "bert")).frozen == 5
    assert await square.fates(campaign) == {"queued": 5}


async def test_nobody_is_written_into_what_was_cancelled(square: Square, scribe: Scribe) -> None:
    campaign = await begun(square)
    await square.campaigns.cancel(campaign.number, "anna", "c")
    with pytest.raises(WrongState):
        await square.freezer.go_on(campaign, "anna")
    square.clock.now += LEFT
    await scribe.round()
    assert await square.fates(campaign) == {"queued": 2}


async def test_an_extension_that_is_left_is_ended_once(square: Square, scribe: Scribe) -> None:
    await square.come(*people(3))
    campaign = await square.running()
    await square.campaigns.pause(campaign.number, "anna", "p")
    await square.come("web:8", "web:9")
    paused = await square.freezer.extend(campaign.number, "bert", "x", within=0)
    assert (paused.state, paused.frozen) == (State.PAUSED, 3)
    square.clock.now += LEFT
    await scribe.round()
    extended = await square.campaigns.get(campaign.number)
    assert (extended.state, extended.frozen) == (State.RUNNING, 5)
    await square.come("web:10")
    await scribe.round()  # it has come to its end
    assert (await square.campaigns.get(campaign.number)).frozen == 5
    steps = [(it.action, it.staff) for it in await square.campaigns.history(campaign.number)]
    assert steps[-2:] == [("extending", "bert"), ("extend", "bert")]


async def test_an_extension_of_what_was_cancelled_is_forgotten(
    square: Square, scribe: Scribe
) -> None:
    await square.come(*people(3))
    campaign = await square.running()
    await square.freezer.extend(campaign.number, "bert", "x", within=0)
    await square.campaigns.cancel(campaign.number, "anna", "c")
    square.clock.now += LEFT
    await scribe.round()
    assert await square.extensions.open(square.clock()) == []
    with pytest.raises(WrongState):
        await square.freezer.extend(campaign.number, "bert", "y")
