"""The day's pushes are a campaign like every other: to be paused, cancelled, counted and closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.delivery import Withheld
from bot.clock import ZONE
from bot.jobs.audience import read_audience
from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.jobs.campaigns.gate import CampaignGate
from bot.pipeline.gate import Held
from bot.pipeline.line import Line
from bot.pipeline.messages import HeardLine, SaidLine, unpack_line
from bot.pipeline.partitions import Keys
from bot.pipeline.switches import CAMPAIGNS
from bot.records.audiences import Audiences, Choice
from bot.records.campaign_echoes import Echoes
from bot.records.campaign_rows import Campaign, State, WrongState
from bot.records.extensions import Extensions
from bot.records.tables import Fate
from dialogs.work import Pace
from tests.jobs.town import CHANNELS, Town, town_in


@pytest.fixture
async def town(tmp_path: Path, line: Line) -> AsyncIterator[Town]:
    async with town_in(tmp_path, line) as town:
        yield town


async def fates(town: Town, digest: Campaign) -> dict[str, int]:
    counts, total = await town.recipients.counts_with_total(digest.number)
    assert sum(counts.values()) == total
    return {fate.value: many for fate, many in counts.items() if many}


async def of_today(town: Town) -> Campaign:
    return (await town.digests())[0]


async def two_seekers(town: Town) -> None:
    for urn in ("telegram:1", "web:2"):
        await town.register(urn)
    await town.welding(3)


def next_morning(town: Town) -> None:
    town.now = town.now.astimezone(ZONE).replace(hour=12, minute=0) + timedelta(days=1)


async def test_the_pushes_of_a_day_are_one_campaign_and_closed_with_it(town: Town) -> None:
    await two_seekers(town)
    await town.round()
    town.pass_time(hours=1)
    await town.register("telegram:3")
    await town.round()
    digest = await of_today(town)
    assert (digest.draft.name, digest.draft.audience) == ("岗位推送 2026-03-02", "在找工作")
    assert await fates(town, digest) == {"sending": 3}
    await town.arrive()
    await town.round()
    assert (await of_today(town)).state is State.RUNNING  # others may still join
    town.now = town.now.astimezone(ZONE).replace(hour=21, minute=0)
    await town.round()
    assert (await of_today(town)).state is State.DONE
    assert await fates(town, digest) == {"sent": 3}
    next_morning(town)
    await town.welding(1)
    await town.round()
    assert [it.frozen for it in await town.digests()] == [3, 3]


async def test_a_day_on_which_nobody_is_told_anything_has_none(town: Town) -> None:
    await town.register("telegram:1")
    await town.round()
    assert await town.digests() == []


async def test_what_staff_pause_waits_and_nothing_more_is_planned(town: Town) -> None:
    await two_seekers(town)
    await town.planner.round()
    digest = await of_today(town)
    await town.campaigns.pause(digest.number, "anna", "k")
    await town.register("telegram:3")
    await town.round()
    assert await town.said() == []
    assert await fates(town, digest) == {"queued": 2}
    await town.campaigns.resume(digest.number, "anna", "k2")
    await town.round()
    assert sorted(it.urn for it in await town.said()) == ["telegram:1", "telegram:3", "web:2"]


@pytest.mark.parametrize("step", ["pause", "cancel"])
async def test_what_was_stopped_comes_the_next_day_and_once(town: Town, step: str) -> None:
    await two_seekers(town)
    await town.planner.round()
    digest = await of_today(town)
    await getattr(town.campaigns, step)(digest.number, "anna", "k")
    for hour in (10, 20, 21, 21):
        town.now = town.now.astimezone(ZONE).replace(hour=hour)
        await town.round()
    assert await town.said() == []
    assert await fates(town, digest) == {"stopped": 2}
    closed = State.DONE if step == "pause" else State.CANCELLED
    assert (await of_today(town)).state is closed
    next_morning(town)
    for _ in range(2):
        await town.round()
    assert sorted(it.urn for it in await town.said()) == ["telegram:1", "web:2"]
    assert all("给您找到3个岗位" in it.text for it in await town.said())


async def test_what_is_switched_off_holds_them_like_every_campaign(town: Town) -> None:
    await two_seekers(town)
    town.switched_off.add(CAMPAIGNS)
    await town.round()
    assert await town.said() == []
    town.switched_off.clear()
    await town.round()
    assert len(await town.said()) == 2


async def test_who_waits_for_a_place_that_is_taken_hears_of_another(town: Town) -> None:
    await town.register("telegram:1")
    [job] = await town.welding(1)
    await town.planner.round()
    await town.openings.fill(job)
    town.pass_time(minutes=1)
    [other] = await town.welding(1)
    town.pass_time(minutes=1)
    await town.round()
    [message] = await town.said()
    assert message.buttons[0].send == f"/offers.interested?o={other}"
    assert await fates(town, await of_today(town)) == {"stopped": 1, "sending": 1}


async def test_the_gate_knows_what_each_wants(town: Town) -> None:
    for urn in ("telegram:1", "telegram:2"):
        await town.register(urn)
    await town.welding(3)
    await town.round()
    gate = CampaignGate(town.recipients, town.off, town.clock)
    one, two = sorted(await town.said(), key=lambda it: it.urn)
    digest = await of_today(town)
    await town.preferences.mute("telegram:1", None)  # no campaigns, but openings
    await town.board.set_pace("telegram:2", Pace.NEVER)
    assert await gate.verdict(one) is None
    assert await gate.verdict(two) == Withheld("opted_out")
    await town.campaigns.pause(digest.number, "anna", "k")
    assert await gate.verdict(one) == Held()
    town.now = town.now.astimezone(ZONE).replace(hour=21)
    assert await gate.verdict(one) == Withheld("expired")


async def test_the_transcript_tells_that_openings_were_offered(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(3)
    await town.round()
    journal = await town.line.call("XRANGE", Keys.of("telegram:1").key("journal"), "-", "+")
    [line] = [unpack_line(fields[b"d"]) for _, fields in journal]
    assert isinstance(line, SaidLine)
    digest = await of_today(town)
    assert (line.script, line.outcome) == ("offers", "answered")
    assert line.evidence == {"campaign": digest.number, "push": 1}
    assert line.buttons[:2] == ["① 感兴趣", "② 感兴趣"]


async def test_nobody_is_added_to_them_by_hand(town: Town) -> None:
    await two_seekers(town)
    await town.round()
    digest = await of_today(town)
    sessions = town.offers._sessions
    books = (Audiences(sessions, town.clock), town.recipients, Extensions(sessions, town.clock))
    with pytest.raises(WrongState):
        await Freezer(town.campaigns, *books, Rules(CHANNELS)).extend(digest.number, "anna", "k")
    assert (await of_today(town)).frozen == 2


async def test_openings_take_no_place_of_a_campaign(town: Town) -> None:
    heard = HeardLine("e", "telegram:1", town.now.timestamp(), "你好", "words")
    await town.transcripts.write([("0-1-0", heard)])
    await town.register("telegram:1")
    await town.welding(3)
    await town.round()
    await town.arrive()
    choice = Choice(read_audience("所有人"), None, CHANNELS, 1, Rules(CHANNELS).quiet)
    [member] = await Audiences(town.offers._sessions, town.clock).after(choice, 0, 9)
    assert member.why_not is None


async def test_who_blocked_us_is_told_of_in_the_report(town: Town) -> None:
    await two_seekers(town)
    await town.round()
    await town.arrive("gone", "blocked by the user")
    digest = await of_today(town)
    assert await town.recipients.by_reason(digest.number) == {(Fate.FAILED, "blocked"): 2}
    next_morning(town)
    await town.round()
    assert (await town.digests())[
        0
    ].number == digest.number  # the same openings are not tried again


async def test_who_wants_no_more_openings_is_counted_where_they_got_the_last(town: Town) -> None:
    echoes = Echoes(town.offers._sessions)
    await two_seekers(town)
    await town.round()
    await town.arrive()
    first = await of_today(town)
    await town.board.set_pace("telegram:1", Pace.NEVER)
    assert (await echoes.of(first.number)).opted_out == 1
    next_morning(town)
    await town.welding(3)
    await town.round()
    await town.arrive()
    await town.board.set_pace("web:2", Pace.NEVER)
    second = await of_today(town)
    assert second.number != first.number
    assert [(await echoes.of(it.number)).opted_out for it in (first, second)] == [1, 1]
