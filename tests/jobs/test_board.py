"""The board offers what is open now, and the same again when a turn is run again."""

from __future__ import annotations

from dataclasses import replace

from dialogs.offers import Offered
from dialogs.work import Pace, Wish, WorkType

from .town import WELDER, Town


def numbers(offered: Offered) -> list[int]:
    return [it.opening.number for it in offered.matches]


async def test_a_turn_run_again_offers_the_same(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(5)
    first = await town.board.offer("telegram:1", WELDER, "e1")
    town.restart()
    town.pass_time(seconds=10)
    again = await town.board.offer("telegram:1", WELDER, "e1")
    assert (again.push, numbers(again), again.is_short) == (first.push, numbers(first), False)
    assert [it.reasons for it in again.matches] == [it.reasons for it in first.matches]
    assert len(numbers(await town.board.offer("telegram:1", WELDER, "e2"))) == 2
    assert (await town.board.offer("telegram:1", WELDER, "e2")).is_short is False


async def test_the_same_event_of_somebody_else_is_another_one(town: Town) -> None:
    await town.welding(3)
    for urn in ("telegram:1", "telegram:2"):
        await town.register(urn)
        assert len(numbers(await town.board.offer(urn, WELDER, "e1"))) == 3


async def test_who_was_offered_now_is_not_pushed_to_today(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(9)
    await town.board.offer("telegram:1", WELDER, "e1")
    await town.round()
    assert await town.said() == []
    town.pass_time(days=1, hours=3)
    await town.round()
    assert len(await town.said()) == 1


async def test_a_turn_that_died_before_its_end_is_ended_by_its_replay(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(9)
    await town.board.offer("telegram:1", WELDER, "e1")
    await town.pushes.set_pace("telegram:1", Pace.DAILY, town.now)  # as if it had not been ended
    await town.board.offer("telegram:1", WELDER, "e1")
    await town.round()
    assert await town.said() == []


async def test_who_is_not_in_the_ledger_is_offered_and_nothing_is_kept(town: Town) -> None:
    await town.welding(3)
    for _ in range(2):
        offered = await town.board.offer("telegram:9", WELDER, "e1")
        assert (offered.push, len(offered.matches), offered.is_short) == (0, 3, False)
    assert await town.offers.of("asked:telegram:9:e1") is None


async def test_the_wish_just_said_counts_not_the_one_kept(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(3)
    other = await town.board.offer("telegram:1", Wish(occupations=("会计",)), "e1")
    assert (other.matches, other.is_short) == ((), True)


async def test_a_change_is_seen_within_seconds(town: Town) -> None:
    [first, second] = await town.welding(2)
    assert len(await town.board.stock()) == 2
    await town.openings.fill(first)
    await town.openings.hold(second, "x")
    [third] = await town.welding(1)
    town.pass_time(seconds=4)
    assert [it.number for it in (await town.board.stock()).openings] == [third]
    await town.openings.release(second)
    town.pass_time(seconds=4)
    assert [it.number for it in (await town.board.stock()).openings] == [third, second]


async def test_what_is_past_its_last_day_is_not_offered_the_day_after(town: Town) -> None:
    await town.welding(1, expires=town.today)
    assert len(await town.board.stock()) == 1
    town.now = town.now.replace(hour=15, minute=59)  # a minute to midnight in Xingtai
    assert len(await town.board.stock()) == 1
    town.pass_time(minutes=1, seconds=1)
    assert len(await town.board.stock()) == 0


async def test_what_was_deleted_is_gone_in_a_while(town: Town) -> None:
    await town.welding(2)
    assert len(await town.board.stock()) == 2
    await town.openings.remove_examples()
    town.pass_time(minutes=11)
    assert len(await town.board.stock()) == 0


async def test_a_category_opens_welfare_posts(town: Town) -> None:
    await town.welding(1, work_type=WorkType.WELFARE, occupation="护路员")
    wish = replace(WELDER, pay_min=None)
    await town.register("telegram:1", wish)
    assert (await town.board.offer("telegram:1", wish, "e1")).matches == ()
    await town.seekers.categorise("telegram:1", "disabled", "c")
    [match] = (await town.board.offer("telegram:1", wish, "e2")).matches
    assert match.widened == ("welfare",)


async def test_the_staff_see_who_is_short(town: Town) -> None:
    await town.register("telegram:1")
    await town.welding(2)
    offered = await town.board.offer("telegram:1", WELDER, "e1")
    assert offered.is_short
    assert len(offered.matches) == 2
    town.pass_time(days=2)
    [again] = await town.board.find(await town.pushes.due(["telegram"], 1))
    assert (again.matches, again.count, again.is_short) == ((), 2, True)
