"""Pushes come when they are due, by day, not too often, and each once, whatever is killed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.clock import ZONE
from bot.jobs.calendar import LAST_CALL, is_day, may_begin, may_hear_again, next_turn
from bot.jobs.calendar import (
    MORNING as DAYBREAK,
)
from bot.pipeline.messages import Lane
from bot.records.campaign_rows import State, WrongState
from bot.records.letters import Letter, Letters
from bot.records.offers import Offer, PushState, offers_of
from bot.records.pushes import Turn
from bot.records.tables import Fate, PushRow, RecipientRow
from dialogs.work import Opening, Pace, Step, Wish

from .made import Maker
from .test_matching import weighed
from .town import GUIDE, MORNING, WELDER, Town


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "day", "begin"),
    [
        (at(7, 59), False, False),
        (at(8), True, True),
        (at(20, 29), True, True),
        (at(20, 30), True, False),
        (at(20, 59), True, False),
        (at(21), False, False),
        (at(0), False, False),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), True, True),
        (datetime(2026, 3, 2, 13, tzinfo=UTC), False, False),
    ],
)
def test_the_night_is_quiet(now: datetime, day: bool, begin: bool) -> None:
    assert (is_day(now), may_begin(now)) == (day, begin)


def test_the_next_turn_is_in_the_morning_and_not_for_all_at_once() -> None:
    for seeker in range(400):
        turn = next_turn(Pace.DAILY, at(20), seeker)
        assert turn is not None
        assert turn.date() == at(20).date() + timedelta(days=1)
        assert DAYBREAK < turn.time() < LAST_CALL
    assert len({next_turn(Pace.DAILY, at(9), seeker) for seeker in range(400)}) > 100
    weekly = next_turn(Pace.WEEKLY, at(9), 3)
    assert weekly is not None
    assert weekly.date() == at(9).date() + timedelta(days=7)
    assert next_turn(Pace.AT_ONCE, at(9), 3) is None
    assert next_turn(Pace.NEVER, at(9), 3) is None


def test_a_week_holds_only_so_many() -> None:
    told = [at(9), at(10), at(11)]
    assert may_hear_again(told, 4) is None
    assert may_hear_again(told, 3) == at(9) + timedelta(days=7)
    assert may_hear_again([], 1) is None


async def test_three_are_pushed_in_one_message(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(4)
    await town.round()
    [message] = await town.said()
    assert message.urn == "telegram:1"
    assert message.once
    assert [it.label for it in message.buttons] == [
        "① 感兴趣", "② 感兴趣", "③ 感兴趣", "都不合适", "少发点", "不再接收",
    ]  # fmt: skip
    assert "给您找到3个岗位" in message.text
    assert "电焊工4（示例公司）【示例】" in message.text.replace("电焊工5", "电焊工4")
    assert "是您要的工种：电焊工；在南和区；工资够得上您说的数" in message.text
    assert "放宽" not in message.text
    await town.round()
    assert len(await town.said()) == 1


async def test_the_next_day_brings_what_is_left_and_then_nothing(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(4)
    counts = []
    for _ in range(4):
        await town.round()
        counts.append(len(await town.said()))
        town.pass_time(days=1, hours=3)
    assert counts == [1, 2, 2, 2]
    assert "给您找到1个岗位" in (await town.said())[1].text


async def test_fewer_than_three_are_told_honestly_and_listed(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(2)
    await town.round()
    [message] = await town.said()
    assert "不到3个" in message.text


async def test_what_was_widened_is_said(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(1, county="任泽区", pay_min=3500)
    await town.round()
    [message] = await town.said()
    assert "放宽的地方：不在您说的地方，在相邻的任泽区；工资比您说的低一些" in message.text


async def test_nothing_is_pushed_at_night(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(3)
    for hour in (21, 23, 24 + 3, 24 + 7):
        town.now = MORNING.astimezone(ZONE).replace(hour=0, minute=5) + timedelta(hours=hour)
        await town.round()
        assert await town.said() == []
    town.pass_time(hours=2)
    await town.round()
    assert len(await town.said()) == 1


async def test_who_is_not_reached_is_not_pushed_to(town: Town) -> None:
    for urn in ("desk:1", "wechat:2", "telegram:3", "telegram:4"):
        await town.register(urn)
    await town.board.set_pace("telegram:4", Pace.NEVER)
    await town.welding(3)
    await town.round()
    assert [it.urn for it in await town.said()] == ["telegram:3"]


async def test_a_week_is_not_overfilled(town: Town) -> None:
    town.restart(most=2)
    await town.register("telegram:1")
    counts = []
    for _ in range(10):
        await town.welding(3)
        await town.round()
        counts.append(len(await town.said()))
        town.pass_time(days=1, minutes=5)
    assert counts == [1, 2, 2, 2, 2, 2, 2, 3, 4, 4]


async def test_at_once_is_when_something_new_fits_exactly(town: Town) -> None:
    await town.welding(4)
    town.pass_time(minutes=2)
    await town.register("telegram:1")
    await town.board.offer("telegram:1", WELDER, "e1")
    await town.board.set_pace("telegram:1", Pace.AT_ONCE)
    town.restart()
    await town.round()
    assert await town.said() == []  # nothing new since the wish was matched
    town.pass_time(minutes=5)
    await town.welding(1, county="任泽区")
    await town.round()
    assert await town.said() == []  # it fits only when widened
    [new] = await town.welding(1)
    town.pass_time(seconds=5)
    await town.round()
    [message] = await town.said()
    assert message.buttons[0].send == f"/offers.interested?o={new}"
    for _ in range(3):
        town.pass_time(minutes=1)
        await town.round()
    assert len(await town.said()) == 1


async def test_what_a_crash_left_unsaid_is_said_once(town: Town) -> None:
    await town.register("telegram:1")
    await town.register("telegram:2")
    await town.welding(3)
    for is_posted in (False, False, True):
        town.restart(lambda letters, is_posted=is_posted: Dying(letters, 1, is_posted))
        with pytest.raises(ConnectionError):
            await town.round()
        town.pass_time(seconds=10)
    town.restart()
    for _ in range(2):
        await town.round()
    said = await town.said()
    assert Counter(it.urn for it in said) == {"telegram:1": 1, "telegram:2": 1}
    assert all("给您找到3个岗位" in it.text for it in said)


async def test_what_was_short_is_told_honestly_after_a_crash_too(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(2)
    await die(town)
    await town.round()
    [message] = await town.said()
    assert "不到3个" in message.text


async def test_a_push_of_what_was_filled_meanwhile_is_withdrawn(town: Town) -> None:
    await town.register("telegram:1")
    jobs = await town.welding(3)
    await die(town)
    for job in jobs:
        await town.openings.fill(job)
    town.pass_time(minutes=1)
    town.restart()
    await town.round()
    assert await town.said() == []
    assert await town.letters.unposted(10) == []
    await town.welding(3)
    town.pass_time(days=1)
    await town.round()
    assert len(await town.said()) == 1


async def test_what_came_since_a_crash_is_told_to_who_hears_at_once(town: Town) -> None:
    await town.register("telegram:1")
    await town.pushes.set_pace("telegram:1", Pace.AT_ONCE, town.now)
    await town.welding(3)
    await die(town)
    [new] = await town.welding(1)
    town.pass_time(minutes=1)
    for _ in range(3):
        await town.round()
        town.pass_time(minutes=1)
    said = await town.said()
    assert ["给您找到3个岗位" in it.text for it in said] == [True, False]
    assert said[1].buttons[0].send == f"/offers.interested?o={new}"


async def test_who_wants_no_openings_any_more_gets_none_that_a_crash_left(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(3)
    await die(town)
    await town.board.set_pace("telegram:1", Pace.NEVER)
    await town.round()
    assert await town.said() == []


async def test_each_step_of_an_application_is_told_once(town: Town) -> None:
    await town.register("telegram:1")
    jobs = await town.welding(2)
    first, second = [await town.applications.apply("telegram:1", job, True) for job in jobs]
    assert first is not None
    assert second is not None
    steps = []
    for step, note in (
        (Step.PASSED_ON, None),
        (Step.INTERVIEW, "周三上午九点"),
        (Step.HIRED, None),
    ):
        town.pass_time(minutes=5)
        await town.applications.move(first.number, step, note)
        town.restart()
        for _ in range(2):
            await town.round()
        steps = [it.text for it in await town.said(Lane.INTERACTIVE)]
    assert ["转给单位" in steps[0], "周三上午九点" in steps[1], "录用您了" in steps[2]] == [
        True
    ] * 3
    await town.openings.fill(jobs[1])
    await town.round()
    steps = [it.text for it in await town.said(Lane.INTERACTIVE)]
    assert len(steps) == 4
    assert "已经招满了" in steps[3]
    town.pass_time(days=32)
    await town.round()
    [asked] = [it for it in await town.said() if it.ref.startswith("followup:")]
    assert [it.send.split("&")[1] for it in asked.buttons[:3]] == [
        "still=working", "still=changed", "still=out_of_work",
    ]  # fmt: skip
    await town.round()
    assert len([it for it in await town.said() if it.ref.startswith("followup:")]) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_a_month_of_pushes_with_crashes_keeps_every_promise(town: Town, seed: int) -> None:
    rand, maker, most = random.Random(seed), Maker(seed, 4, 3), 3
    wishes: dict[str, Wish] = {}
    for number in range(12):
        urn = f"{rand.choice(['telegram', 'web', 'desk'])}:{number}"
        wishes[urn] = maker.seeking().wish
        await town.register(urn, wishes[urn])
        pace = rand.choice(list(Pace))
        if rand.random() < 0.7:
            await town.board.set_pace(urn, pace)
    published: dict[int, Opening] = {}
    for _ in range(60):
        dies = rand.random() < 0.3
        town.restart(
            (lambda kept: Dying(kept, rand.randint(1, 4), rand.random() < 0.5)) if dies else same,
            most,
        )
        jobs = [
            replace(maker.opening(0), title=f"{rand.random()}") for _ in range(rand.randint(0, 3))
        ]
        published |= {it.number: it for it in await town.openings.every_one()}
        await town.publish(*jobs)
        if published and rand.random() < 0.2:
            await town.openings.fill(rand.choice(list(published)))
        try:
            await town.planner.round()
        except ConnectionError:
            assert dies
        await disturb(town, rand)
        town.pass_time(hours=rand.choice([0.1, 1, 5, 13]))
    town.restart(most=most)
    town.now = town.now.astimezone(ZONE).replace(hour=10) + timedelta(days=1)
    await town.round()
    await town.arrive()
    await check(town, wishes, most)


async def disturb(town: Town, rand: random.Random) -> None:
    """What staff and the network do: the day's pushes stand still, are cancelled, arrive late."""
    if rand.random() < 0.7:
        await town.feeder.round()
    if rand.random() < 0.7:
        await town.arrive()
    for digest in (await town.digests())[:1]:
        step = rand.choice([None, None, None, "pause", "resume", "cancel"])
        with suppress(WrongState):
            if step:
                await getattr(town.campaigns, step)(digest.number, "anna", f"{rand.random()}")


async def check(town: Town, wishes: dict[str, Wish], most: int) -> None:
    """Every promise, by what is in the outbox and in the books."""
    said = await town.said()
    assert len({it.ref for it in said}) == len(said) > 3
    assert await town.letters.unposted(10) == []
    await check_accounts(town, {it.ref for it in said})
    assert all(is_day(datetime.fromtimestamp(it.at, UTC)) for it in said)
    assert {it.urn.partition(":")[0] for it in said} <= {"telegram", "web"}
    for urn in wishes:
        times = [it.at for it in said if it.urn == urn]
        week = timedelta(days=7).total_seconds()
        assert all(sum(0 <= other - one < week for other in times) <= most for one in times)
        who = await town.pushes.candidate(urn)
        assert who is not None
        offered = [offer for it in said if it.urn == urn for offer in await offers_in(town, it.ref)]
        assert len(offered) >= len(times)
        assert len({(it.opening, it.digest) for it in offered}) == len(offered)
        for offer in offered:
            opening = await town.openings.get(offer.opening)
            assert opening is not None
            fit = weighed(GUIDE.seeking(who), opening)
            assert fit is not None
            assert (fit[0] == 0) == (offer.widened == ())


async def check_accounts(town: Town, said: set[str]) -> None:
    """Every day but this one is closed, and tells of each recipient what the outbox knows."""
    days = await town.digests(99)
    assert len({it.draft.name for it in days}) == len(days)
    assert {it.state for it in days[1:]} <= {State.DONE, State.CANCELLED}
    for day in days:
        for it in await town.recipients.listed(day.number, list(Fate), 0, 1000):
            assert (it.ref in said) == (it.fate in (Fate.SENT, Fate.SENDING)), it
            push = await push_of(town, it.ref)
            assert push[1] == (PushState.SAID if it.ref in said else PushState.WITHDRAWN), it


async def push_of(town: Town, ref: str) -> tuple[int, str]:
    """The push that the message carries, and its state."""
    wanted = (
        select(PushRow.id, PushRow.state)
        .join(RecipientRow, RecipientRow.push_id == PushRow.id)
        .where(RecipientRow.id == int(ref.split(".")[1]))
    )
    async with town.offers._sessions() as session:
        number, state = (await session.execute(wanted)).one()
        return number, state


async def offers_in(town: Town, ref: str) -> tuple[Offer, ...]:
    number, _ = await push_of(town, ref)
    async with town.offers._sessions() as session:
        return (await offers_of(session, [number])).get(number, ())


async def die(town: Town) -> None:
    """The service dies when a push is planned and not yet posted, and starts again."""
    town.restart(lambda letters: Dying(letters, 1, False))
    with pytest.raises(ConnectionError):
        await town.planner.round()
    town.restart()


class Dying(Letters):
    """Letters whose process dies at its `after`-th post, just before or just after it is made."""

    def __init__(self, letters: Letters, after: int, is_posted: bool) -> None:
        super().__init__(letters._sessions, letters._clock)
        self._after = after
        self._is_posted = is_posted

    async def post(self, campaign: int, letters: Sequence[Letter], turns: Sequence[Turn]) -> bool:
        self._after -= 1
        if self._after == 0 and not self._is_posted:
            raise ConnectionError
        is_posted = await super().post(campaign, letters, turns)
        if self._after == 0:
            raise ConnectionError
        return is_posted


def same(letters: Letters) -> Letters:
    return letters
