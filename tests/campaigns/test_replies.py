"""What visitors say to a campaign, and what a report makes of it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.jobs.campaigns.authors import Authors
from bot.jobs.campaigns.desk import CampaignDesk, Progress, Report
from bot.jobs.campaigns.forecast import finish
from bot.jobs.campaigns.freezing import Rules
from bot.jobs.campaigns.wording import GOT, MISSED, CampaignWording
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.line import Line
from bot.pipeline.messages import HeardLine
from bot.pipeline.outbox import Outbox
from bot.records.audiences import Quiet
from bot.records.campaign_echoes import Echo, Echoes
from bot.records.staff import Staff
from dialogs.campaigns import options, stop_campaigns, take_interest, want_campaigns
from dialogs.talk import Talk, address
from tests.campaigns.conftest import CHANNELS, Square, people
from tests.wording import WORDS

NIGHT, NEVER = Quiet(21 * 60, 8 * 60), Quiet(0, 0)


async def test_a_report_counts_what_came_of_it(square: Square) -> None:
    await square.come(*people(5))
    campaign = await square.running()
    dues = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    for due in dues[:4]:
        await square.settle(due.ref, "sent")
    square.clock.pass_minutes(5)
    assert await square.preferences.take_interest("telegram:1", campaign.number)
    assert not await square.preferences.take_interest("telegram:99", campaign.number)
    await square.preferences.mute("telegram:2", campaign.number)
    await square.leave("telegram:3")
    at = square.clock().timestamp()
    await square.write(HeardLine("r1", "telegram:1", at, "在哪里？", "words"))
    await square.write(HeardLine("r2", "telegram:5", at, "你好", "words"))  # got nothing yet
    square.clock.pass_minutes(60 * 24 * 9)
    await square.come("telegram:4")  # too late to be an answer
    echo = await Echoes(square.database.sessions).of(campaign.number)
    assert echo == Echo(replied=1, interested=1, applied=0, opted_out=1, left=1)


async def test_the_book_lists_who_got_it_and_who_did_not(square: Square) -> None:
    await square.come(*people(3))
    number = (campaign := await square.running()).number
    one, two = await square.recipients.take(number, "telegram", 2, again=False)
    await square.settle(one.ref, "sent")
    await square.settle(two.ref, "failed", "chat not found")
    counts = await square.recipients.counts(number)
    report = Report(Progress(campaign, counts, 0, 0.0, None), {}, Echo(0, 0, 0, 0, 0))
    missed, got = [await square.recipients.listed(number, it, 0, 9) for it in (MISSED, GOT)]
    book = load_workbook(BytesIO(CampaignWording(WORDS).book(report, missed, got)))
    people_in = {
        it: [row[0].value for row in book[it].iter_rows(min_row=2)] for it in book.sheetnames
    }
    assert people_in["没收到的人"] == [two.urn]
    assert people_in["收到的人"] == [one.urn]


async def test_who_is_muted_may_change_their_mind(square: Square) -> None:
    await square.come("telegram:1")
    await square.preferences.mute("telegram:1", 1)
    assert await square.preferences.is_muted("telegram:1")
    await square.preferences.unmute("telegram:1")
    assert not await square.preferences.is_muted("telegram:1")
    campaign = await square.frozen()
    assert await square.fates(campaign) == {"queued": 1}


async def test_quiet_hours_are_each_ones_own(square: Square) -> None:
    await square.come("telegram:1", "telegram:2")
    await square.preferences.be_quiet("telegram:1", 12 * 60, 20 * 60)
    campaign = await square.running()  # it is five in the afternoon
    [due] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    assert due.urn == "telegram:2"
    square.clock.pass_minutes(3 * 60 + 30)
    [due] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
    assert due.urn == "telegram:1"


async def test_the_forecast_keeps_the_night_and_the_most_a_day(square: Square) -> None:
    noon = square.clock.now.replace(hour=4, minute=0)  # in Xingtai
    hour = timedelta(hours=1)
    assert finish(noon, 3600, 1.0, NEVER) == noon + hour
    assert finish(noon, 9 * 3600, 1.0, NIGHT) == noon + 9 * hour
    assert finish(noon, 10 * 3600, 1.0, NIGHT) == noon + 21 * hour
    spread = finish(noon, 250, 1.0, NIGHT, per_day=100)
    assert spread == noon + 44 * hour + timedelta(seconds=50)
    assert finish(noon, 10**9, 0.1, NIGHT) is None


async def test_how_it_went_of_late_tells_when_it_ends(square: Square, line: Line) -> None:
    bell = Doorbell(lambda *_: True, lambda *_: None)
    outbox, sessions = Outbox(line, bell, lambda: WORDS), square.database.sessions
    authors = Authors(Staff(sessions, square.clock), outbox)
    desk = CampaignDesk(
        square.campaigns, square.audiences, square.recipients, square.freezer, Rules(CHANNELS),
        {"telegram": 30.0}, outbox, Echoes(sessions), authors, square.clock,
    )  # fmt: skip
    square.clock.now = square.clock.now.replace(hour=4, minute=0)  # noon in Xingtai
    await square.come(*people(30))
    campaign = await square.running()
    begun = await desk.progress(campaign.number)
    assert begun.ends_at == square.clock() + timedelta(seconds=1)
    dues = await square.recipients.take(campaign.number, "telegram", 10, again=False)
    for number, due in enumerate(dues):
        square.clock.now += timedelta(seconds=2 if number else 0)
        await square.settle(due.ref, "sent")
    progress = await desk.progress(campaign.number)
    assert progress.rate == pytest.approx(10 / 18)
    assert progress.ends_at == square.clock() + timedelta(seconds=36)


async def test_a_visitor_answers_by_the_buttons_under_the_message(square: Square) -> None:
    await square.come("telegram:1")
    campaign = await square.running()
    await square.recipients.take(campaign.number, "telegram", 9, again=False)

    def talk(script: str) -> Talk:
        return Talk("telegram:1", "e9", address(script, campaign=str(campaign.number)))

    book = square.preferences
    assert (await take_interest(talk("campaign.interested"), book)).words == "campaigns.interested"
    assert (await Echoes(square.database.sessions).of(campaign.number)).interested == 1
    assert (await stop_campaigns(talk("campaign.stop"), book)).words == "campaigns.stopped"
    assert await book.is_muted("telegram:1")
    assert (await want_campaigns(talk("campaign.again"), book)).words == "campaigns.again"
    assert not await book.is_muted("telegram:1")
    for option in options(10**9):
        assert len(option.send.encode()) <= 64
