"""Each step of a campaign is taken once, from where it may be taken, and somebody took it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.campaigns.texts import WordsRefused, campaign_text
from bot.records.campaign_rows import NeedsApproval, NoSuchCampaign, OwnApproval, State, WrongState
from tests.campaigns.conftest import EVERYBODY, Square, people


async def test_the_same_draft_made_twice_is_one(square: Square) -> None:
    first = await square.campaigns.draft(EVERYBODY, "anna", "key")
    assert await square.campaigns.draft(EVERYBODY, "anna", "key") == first
    assert [it.number for it in await square.campaigns.latest(9)] == [first.number]


async def test_a_double_click_starts_once(square: Square) -> None:
    await square.come(*people(3))
    campaign = await square.running()
    again = await square.campaigns.start(campaign.number, "anna", "start")
    assert again == campaign
    with pytest.raises(WrongState):
        await square.campaigns.start(campaign.number, "bert", "another click")
    actions = [it.action for it in await square.campaigns.history(campaign.number)]
    assert actions == ["draft", "freeze", "frozen", "start"]


async def test_many_recipients_need_a_second_person(square: Square) -> None:
    square.campaigns._approval_above = 2
    await square.come(*people(3))
    campaign = await square.frozen()
    with pytest.raises(NeedsApproval):
        await square.campaigns.start(campaign.number, "anna", "start")
    with pytest.raises(OwnApproval):
        await square.campaigns.approve(campaign.number, "anna", "approve")
    await square.campaigns.approve(campaign.number, "bert", "approve")
    assert (await square.campaigns.start(campaign.number, "anna", "start")).state is State.RUNNING


async def test_what_is_frozen_is_not_changed(square: Square) -> None:
    campaign = await square.frozen()
    with pytest.raises(WrongState):
        await square.campaigns.change(campaign.number, EVERYBODY, "anna", "change")


async def test_what_is_not_there_is_told(square: Square) -> None:
    for number in (0, 7, 2**40):
        with pytest.raises(NoSuchCampaign):
            await square.campaigns.get(number)


async def test_nobody_who_comes_later_is_written_down_until_somebody_says_so(
    square: Square,
) -> None:
    await square.come(*people(2))
    campaign = await square.running()
    await square.come("web:9")
    assert await square.fates(campaign) == {"queued": 2}
    await square.freezer.extend(campaign.number, "bert", "extend")
    await square.freezer.extend(campaign.number, "bert", "extend")
    assert await square.fates(campaign) == {"queued": 3}
    assert (await square.campaigns.get(campaign.number)).frozen == 3


async def test_freezing_that_was_broken_off_is_done_anew(square: Square) -> None:
    await square.come(*people(3))
    campaign = await square.campaigns.draft(EVERYBODY, "anna", "key")
    await square.campaigns.begin_freezing(campaign.number, "anna", "first")
    choice = square.rules.choice(EVERYBODY)
    members = await square.audiences.after(choice, 0, 2)
    await square.recipients.write(campaign.number, [(it, None) for it in members])
    await square.come("telegram:4")
    campaign = await square.freezer.freeze(campaign.number, "anna", "second")
    assert (campaign.state, campaign.frozen) == (State.FROZEN, 4)
    assert await square.fates(campaign) == {"queued": 4}


async def test_words_are_each_ones_own_where_they_differ(square: Square) -> None:
    await square.come("telegram:1")
    campaign = await square.running(words="{{ 称呼 or '您' }}好")
    [due] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    assert due.text == "您好"
    same = await square.running(words="大家好")
    [due] = await square.recipients.take(same.number, "telegram", 9, again=False)
    assert due.text is None


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("{{ 称呼 }}，{{ 县 }}有{{ 工种 }}。", "朋友，本地有合适的工作。"),
        ("{% if 称呼 %}{{ 称呼 }}，{% endif %}您好", "您好"),
        ("{{ 镇 or '您附近' }}招工", "您附近招工"),
    ],
)
def test_words_read_well_to_those_of_whom_nothing_is_known(words: str, read: str) -> None:
    assert campaign_text(words).to_anybody() == read


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("  ", "empty"),
        ("好" * 4000, "too_long"),
        ("{{ 身份证 }}", "unknown_name"),
        ("{{ 称呼", "unreadable"),
        ("{{ 称呼.__class__ }}", "not_allowed"),
        ("{% for x in 县 %}好{% endfor %}", "not_allowed"),
        ("{{ 称呼|map('x') }}", "not_allowed"),
    ],
)
def test_words_that_cannot_be_said_are_refused(words: str, refusal: str) -> None:
    with pytest.raises(WordsRefused) as error:
        campaign_text(words)
    assert error.value.words == f"campaigns.words_{refusal}"


async def test_results_are_kept_once_and_never_go_back(square: Square) -> None:
    await square.come(*people(4))
    campaign = await square.running()
    one, two, three, four = await square.recipients.take(
        campaign.number, "telegram", 9, again=False
    )
    await square.settle(one.ref, "sent")
    await square.settle(one.ref, "failed", "late")
    await square.settle(two.ref, "unknown", "502")
    await square.settle(three.ref, "gone", "blocked by the user")
    await square.settle(four.ref, "withheld", "opted_out")
    assert await square.fates(campaign) == {"sent": 1, "unknown": 1, "failed": 1, "stopped": 1}


async def test_only_the_failed_are_tried_again_and_not_those_who_blocked_us(
    square: Square,
) -> None:
    await square.come(*people(3))
    campaign = await square.running()
    one, two, three = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    await square.settle(one.ref, "failed", "Bad Request")
    await square.settle(two.ref, "gone", "blocked")
    await square.settle(three.ref, "sent")
    await square.campaigns.end(campaign.number)
    for _ in range(2):
        await square.campaigns.retry(campaign.number, "bert", "retry")
    assert await square.fates(campaign) == {"queued": 1, "failed": 1, "sent": 1}
    [again] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    assert (again.ref, again.attempt) == (f"{one.ref}.2", 2)
    await square.settle(one.ref, "sent")  # the first message's news counts no more
    assert await square.fates(campaign) == {"sending": 1, "failed": 1, "sent": 1}


async def test_what_is_unknown_is_tried_once_more_at_most(square: Square) -> None:
    await square.come("telegram:1")
    campaign = await square.running(again=True)
    [due] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    await square.settle(due.ref, "unknown")
    assert await square.recipients.is_open(campaign.number, again=True)
    [again] = await square.recipients.take(campaign.number, "telegram", 9, again=True)
    await square.settle(again.ref, "unknown")
    assert await square.recipients.take(campaign.number, "telegram", 9, again=True) == []
    assert not await square.recipients.is_open(campaign.number, again=True)


async def test_whoever_left_or_opted_out_meanwhile_is_skipped(square: Square) -> None:
    await square.come(*people(3))
    campaign = await square.running()
    await square.leave("telegram:1")
    await square.mute("telegram:2", campaign.number)
    [due] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    assert due.urn == "telegram:3"
    assert await square.fates(campaign) == {"skipped": 2, "sending": 1}


async def test_nobody_is_sent_to_at_night(square: Square) -> None:
    await square.come("telegram:1")
    campaign = await square.running()
    morning = square.clock.now
    square.clock.now = morning.replace(hour=13, minute=0)  # nine in the evening in Xingtai
    assert await square.recipients.take(campaign.number, "telegram", 9, again=False) == []
    square.clock.now = morning.replace(hour=23, minute=59)
    assert await square.recipients.take(campaign.number, "telegram", 9, again=False) == []
    square.clock.now = morning.replace(hour=0, minute=0) + timedelta(days=1)
    assert await square.recipients.take(campaign.number, "telegram", 9, again=False)
