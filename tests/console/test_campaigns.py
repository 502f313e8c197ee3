"""A supervisor's campaign in the console; whoever has a part of the region stays within it."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.pipeline.line import Line
from bot.pipeline.messages import HeardLine, Message
from bot.pipeline.partitions import Keys
from bot.records.audit import Audit
from bot.records.campaign_rows import DIGEST, Draft
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.staff import Role, Staff
from bot.records.tables import SeekerRow
from bot.records.transcripts import Transcripts
from dialogs.work import Wish
from tests.console.client import Clerk, Seen
from tests.console.conftest import Clock

Come = Callable[..., Awaitable[Clerk]]
DRAFT = {"name": "招聘会", "words": "周六上午有招聘会。<b>", "key": "k1"}


async def visitors(database: Database, clock: Clock) -> None:
    """Two in the chat; one of them lives in Qinghe."""
    urns = [f"web:{number:032x}" for number in range(2)]
    lines = [
        (f"0-{number + 1}-0", HeardLine(f"e{urn}", urn, clock().timestamp(), "你好", "words"))
        for number, urn in enumerate(urns)
    ]
    await Transcripts(database.sessions).write([*lines])
    await Ledger(database.sessions, clock).register(urns[0], Wish(occupations=("电焊工",)), "r")
    async with database.sessions.begin() as session:
        (await session.get_one(SeekerRow, 1)).county = "清河县"


def key_of(seen: Seen, step: str = "") -> str:
    """The key that a form of the page carries."""
    return re.findall(rf'name="key" value="([0-9a-f]{{16}}{step})"', seen.text)[-1]


async def test_from_the_draft_to_the_report(
    clerk: Come, database: Database, clock: Clock, audit: Audit
) -> None:
    await visitors(database, clock)
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/campaigns")
    draft = await somebody.sends("/console/campaigns", **DRAFT, trade="电焊工")
    assert draft.address.startswith("/console/campaigns/1")
    assert "能发 1 人" in draft.text
    assert "&lt;b&gt;" in draft.text
    again = await somebody.sends("/console/campaigns", **DRAFT, trade="电焊工")
    assert again.address.startswith("/console/campaigns/1")
    for step in ("freeze", "start", "pause", "cancel"):
        page = await somebody.opens("/console/campaigns/1")
        done = await somebody.sends(f"/console/campaigns/1/{step}", key=key_of(page, step))
        assert done.status == 200
    assert "已取消" in done.text
    missed = await somebody.opens("/console/campaigns/1/missed")
    assert missed.status == 200
    export = await somebody.sends("/console/campaigns/1/export")
    assert load_workbook(BytesIO(export.body)).sheetnames == ["汇总", "没收到的人", "收到的人"]
    actions = [it.action for it in await audit.latest(20)]
    assert {"campaign_draft", "campaign_start", "campaign_export"} <= set(actions)


async def test_the_preview_names_nobody_and_shows_no_address(
    clerk: Come, database: Database, clock: Clock
) -> None:
    await visitors(database, clock)
    async with database.sessions.begin() as session:
        (await session.get_one(SeekerRow, 1)).name = "王建国"
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/campaigns")
    words = "{{ 称呼 }}，周六有招聘会。"
    seen = await somebody.sends("/console/campaigns", **{**DRAFT, "words": words})
    preview = html.unescape(seen.text)
    assert "—— 清河县王**会收到：\n王**，周六有招聘会。" in preview
    assert "—— 没留姓名的人会收到：\n朋友，周六有招聘会。" in preview
    assert "王建国" not in preview
    assert "web:" not in preview
    assert "网页：2 人" in preview


@pytest.mark.parametrize(
    ("picture", "shown"),
    [("telegram:https://164.example/a.jpg", 'href="https://164.example/a.jpg"'),
     ("telegram:AgACAgQ", "点“试发”发给自己就能看到"), ("telegram:javascript:x", "点“试发”")],
)  # fmt: skip
async def test_who_approves_can_look_at_the_picture(
    clerk: Come, database: Database, clock: Clock, picture: str, shown: str
) -> None:
    draft = Draft("招聘会", "", "周六有招聘会", picture=picture)
    await Campaigns(database.sessions, clock, 0).draft(draft, "somebody", "k")
    seen = (await (await clerk(Role.SUPERVISOR)).opens("/console/campaigns/1")).text
    assert shown in seen
    assert "javascript:" not in seen


async def test_what_is_wrong_is_told(clerk: Come) -> None:
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/campaigns")
    refused = await somebody.sends("/console/campaigns", **DRAFT, audience="省=河北")
    assert (refused.status, "“省”不是条件" in refused.text) == (409, True)
    nobody = await somebody.sends("/console/campaigns", **{**DRAFT, "name": " "})
    assert nobody.status == 409
    numbers = await somebody.sends("/console/campaigns", **DRAFT, seen="x")
    assert numbers.status == 409


async def test_a_part_of_the_region_is_all_that_is_reached(
    clerk: Come, database: Database, clock: Clock
) -> None:
    await visitors(database, clock)
    one, other = await clerk(Role.SUPERVISOR, "清河县"), await clerk(Role.SUPERVISOR, "威县")
    for somebody, key in ((one, "a1"), (other, "b1")):
        await somebody.opens("/console/campaigns")
        await somebody.sends("/console/campaigns", **{**DRAFT, "key": key})
    assert "能发 1 人" in (await one.opens("/console/campaigns/1")).text
    assert "能发 0 人" in (await other.opens("/console/campaigns/2")).text
    assert (await other.opens("/console/campaigns/1")).status == 404


async def test_nobody_approves_of_their_own(clerk: Come, database: Database, clock: Clock) -> None:
    await visitors(database, clock)
    one = await clerk(Role.SUPERVISOR)
    await one.opens("/console/campaigns")
    await one.sends("/console/campaigns", **DRAFT)
    await one.sends("/console/campaigns/1/freeze", key="f1")
    refused = await one.sends("/console/campaigns/1/approve", key="a1")
    assert (refused.status, "由别人批准" in refused.text) == (409, True)


async def test_an_author_hears_what_another_decided(
    clerk: Come, database: Database, clock: Clock, staff: Staff, line: Line
) -> None:
    await visitors(database, clock)
    one, other = await clerk(Role.SUPERVISOR), await clerk(Role.SUPERVISOR)
    await staff.bind_telegram(1, "telegram:1")
    ones = Campaigns(database.sessions, clock, 1)
    for number, home in ((1, "已批准，等您发送"), (2, "被别人取消")):
        await one.opens("/console/campaigns")
        await one.sends("/console/campaigns", **{**DRAFT, "key": f"k{number}"})
        await one.sends(f"/console/campaigns/{number}/freeze", key="f")
        assert home not in (await one.opens("/console/")).text
        await other.opens(f"/console/campaigns/{number}")
        await other.sends(f"/console/campaigns/{number}/{'approve' if number == 1 else 'cancel'}",
                          key="a")  # fmt: skip
        assert home in (await one.opens("/console/")).text
    assert (await ones.get(1)).approved_by == "supervisor2"
    queue = await line.call("XRANGE", Keys.of("telegram:1").key("outbox:telegram"), "-", "+")
    told = [Message.unpack(fields[b"d"]).text for _, fields in queue]
    assert ["批准" in it for it in told] == [True, False]
    assert "被 supervisor2 取消" in told[1]
    await one.sends("/console/campaigns/1/cancel", key="mine")
    assert "等您发送" not in (await one.opens("/console/")).text


async def test_the_days_pushes_are_looked_at_apart(
    clerk: Come, database: Database, clock: Clock
) -> None:
    campaigns = Campaigns(database.sessions, clock, 0)
    ends = clock() + timedelta(hours=9)
    plan = Draft("岗位推送 今天", "在找工作", "", kind=DIGEST, expires_at=ends)
    digest = await campaigns.open(plan, "digest:today")
    somebody = await clerk(Role.SUPERVISOR)
    assert plan.name not in (await somebody.opens("/console/campaigns")).text
    apart = await somebody.opens("/console/campaigns?which=digests")
    assert plan.name in apart.text
    here = f"/console/campaigns/{digest.number}"
    page = await somebody.opens(here)
    assert "系统按各人的求职意愿配的" in page.text
    steps = re.findall(rf'action="{here}/(\w+)"', page.text)
    assert set(steps) == {"pause", "cancel", "export"}
    done = await somebody.sends(f"{here}/pause", key=key_of(page, "pause"))
    assert "已暂停" in done.text
    refused = await somebody.sends(f"{here}/extend", key="e1")
    assert refused.status == 409


async def test_a_list_that_takes_long_is_told_of(
    clerk: Come, database: Database, clock: Clock
) -> None:
    await visitors(database, clock)
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/campaigns")
    await somebody.sends("/console/campaigns", **DRAFT)
    await Campaigns(database.sessions, clock, 9).begin_freezing(1, "supervisor1", "f")
    page = await somebody.opens("/console/campaigns/1")
    assert "正在定名单，已经写下 0 人" in page.text
    assert "/console/campaigns/1/freeze" not in page.text
    assert "/console/campaigns/1/cancel" in page.text
