"""A bureau's program writes a campaign, has it approved, sends it and asks what came of it."""

from __future__ import annotations

import pytest

from bot.clock import now
from bot.pipeline.line import Line
from bot.pipeline.messages import HeardLine
from bot.pipeline.partitions import Keys
from bot.records.audit import Audit
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.staff import Role
from bot.records.tables import SeekerRow
from bot.records.transcripts import Transcripts
from dialogs.work import Wish
from tests.api.conftest import Hire
from tests.api.program import Program

DRAFT = {"name": "招聘会", "audience": "所有人", "words": "周六上午有招聘会。"}


@pytest.fixture
async def visitors(database: Database) -> list[str]:
    """Three in the chat; the first one lives in Qinghe."""
    urns = [f"web:{number:032x}" for number in range(3)]
    lines = [
        (f"0-{place}-0", HeardLine(f"e{urn}", urn, now().timestamp(), "你好", "words"))
        for place, urn in enumerate(urns, 1)
    ]
    await Transcripts(database.sessions).write([*lines])
    await Ledger(database.sessions, now).register(urns[0], Wish(occupations=("电焊工",)), "r")
    async with database.sessions.begin() as session:
        (await session.get_one(SeekerRow, 1)).county = "清河县"
    return urns


async def test_from_the_draft_to_the_report(
    anna: Program, hire: Hire, visitors: list[str], audit: Audit
) -> None:
    made = await anna.asks("POST", "/campaigns", {**DRAFT, "exclusions": "县=清河县"})
    assert (made.status, made.told["state"], made.told["plain"]) == (201, "draft", False)
    changed = await anna.asks("PUT", "/campaigns/1", {**DRAFT, "plain": True})
    assert (changed.told["exclusions"], changed.told["plain"]) == ("", True)
    preview = await anna.asks("GET", "/campaigns/1/preview")
    assert (preview.told["sendable"], preview.told["needs_approval"]) == (3, True)
    assert [it["urn"] for it in preview.told["samples"]] == visitors
    frozen = await anna.asks("POST", "/campaigns/1/freeze")
    assert (frozen.told["state"], frozen.told["frozen"]) == ("frozen", 3)
    assert (await anna.asks("POST", "/campaigns/1/start")).status == 409
    own = await anna.asks("POST", "/campaigns/1/approve")
    assert (own.status, "由别人批准" in own.told["detail"]) == (409, True)
    bert = await hire("bert", Role.ADMIN)
    assert (await bert.asks("POST", "/campaigns/1/approve")).told["approved_by"] == "bert"
    states = [
        (await anna.asks("POST", f"/campaigns/1/{step}")).told["state"]
        for step in ("start", "pause", "resume", "extend", "retry", "cancel")
    ]
    assert states == ["running", "paused", "running", "running", "running", "cancelled"]
    report = await anna.asks("GET", "/campaigns/1/report")
    assert sum(report.told["counts"].values()) == 3
    assert [it["action"] for it in report.told["history"]][:3] == ["draft", "change", "change"]
    entries = {it.action: it for it in await audit.latest(20)}
    assert entries["campaign_approve"].detail == {"key": "bert-key"}
    assert entries["campaign_approve"].staff == "bert"
    assert entries["campaign_start"].about == "/api/v1/campaigns/1/start"


async def test_a_picture_is_given_by_its_address(anna: Program, database: Database) -> None:
    async def kept() -> str:
        return (await Campaigns(database.sessions, now, 9).get(1)).draft.picture

    address = "https://164.example/poster.jpg"
    made = await anna.asks("POST", "/campaigns", {**DRAFT, "picture": address})
    assert made.told["has_picture"] is True
    await anna.asks("PUT", "/campaigns/1", {**DRAFT, "words": "别的"})
    assert await kept() == f"telegram:{address}"
    gone = await anna.asks("PUT", "/campaigns/1", {**DRAFT, "picture": ""})
    assert (gone.told["has_picture"], await kept()) == (False, "")


@pytest.mark.parametrize(
    "wrong", ["http://164.example/a.jpg", "AgACAgUAAx", "https://", "file:///a"]
)
async def test_what_is_no_address_is_no_picture(anna: Program, wrong: str) -> None:
    refused = await anna.asks("POST", "/campaigns", {**DRAFT, "picture": wrong})
    assert refused.status == 422


async def test_the_same_key_drafts_one(anna: Program, hire: Hire) -> None:
    first = await anna.asks("POST", "/campaigns", DRAFT, once="n1")
    again = await anna.asks("POST", "/campaigns", DRAFT, once="n1")
    assert (again.status, again.told["number"]) == (201, first.told["number"])
    other = await anna.asks("POST", "/campaigns", {**DRAFT, "words": "别的"}, once="n1")
    assert (other.status, "第 1 号" in other.told["detail"]) == (409, True)
    bert = await hire("bert", Role.SUPERVISOR)
    theirs = await bert.asks("POST", "/campaigns", {**DRAFT, "words": "别的"}, once="n1")
    assert theirs.told["number"] != first.told["number"]
    listed = await anna.asks("GET", "/campaigns")
    assert len(listed.told["campaigns"]) == 2


async def test_a_retried_step_is_taken_once(anna: Program, visitors: list[str]) -> None:
    await anna.asks("POST", "/campaigns", {**DRAFT, "audience": "县=清河县"})
    await anna.asks("POST", "/campaigns/1/freeze", once="f")
    await anna.asks("POST", "/campaigns/1/start", once="s")
    await anna.asks("POST", "/campaigns/1/pause", once="p")
    again = await anna.asks("POST", "/campaigns/1/start", once="s")
    assert (again.status, again.told["state"]) == (200, "paused")
    assert (await anna.asks("POST", "/campaigns/1/start")).status == 409


async def test_a_draft_that_is_wrong_is_told_field_by_field(anna: Program) -> None:
    wrong = {"name": " ", "audience": "省=河北", "words": "{{ 身份证 }}", "exclusions": "县"}
    types = await anna.asks("POST", "/campaigns", {**wrong, "per_day": 0})
    assert (types.status, types.fields) == (422, {"per_day"})
    meaning = await anna.asks("POST", "/campaigns", wrong)
    assert meaning.fields == {"name", "audience", "words", "exclusions"}
    told = {it["field"]: it["detail"] for it in meaning.told["errors"]}
    assert "“省”不是条件" in told["audience"]
    late = await anna.asks("POST", "/campaigns", {**DRAFT, "starts_at": "2026-03-07T09:00:00"})
    assert late.told["errors"][0]["detail"].startswith("时间要写明时区")
    typed = await anna.asks("POST", "/campaigns", {**DRAFT, "wrods": "x", "again": "yes"})
    assert {it["field"]: it["detail"] for it in typed.told["errors"]} == {
        "wrods": "没有这一项，请检查名字有没有写错。",
        "again": "要写成 true 或 false。",
    }


async def test_a_trial_reaches_only_whoever_asks(anna: Program, line: Line) -> None:
    await anna.asks("POST", "/campaigns", DRAFT)
    told = [
        (await anna.asks("POST", "/campaigns/1/test", {"urn": "web:me"}, once="t")).told["is_new"]
        for _ in range(2)
    ]
    assert told == [True, False]
    assert await line.call("XLEN", Keys.of("web:me").key("outbox:web")) == 1
    nowhere = await anna.asks("POST", "/campaigns/1/test", {"urn": "fax:1"})
    assert (nowhere.status, nowhere.fields) == (422, {"urn"})


async def test_recipients_come_page_by_page(anna: Program, visitors: list[str]) -> None:
    await anna.asks("POST", "/campaigns", DRAFT)
    await anna.asks("POST", "/campaigns/1/freeze")
    path, seen, cursor = "/campaigns/1/recipients", [], "0"
    while cursor != "None":
        page = await anna.asks("GET", path, limit="2", cursor=cursor)
        seen += [it["urn"] for it in page.told["recipients"]]
        cursor = str(page.told["next_cursor"])
    assert seen == visitors
    failed = await anna.asks("GET", path, status="failed")
    assert failed.told == {"recipients": [], "next_cursor": None}
    assert (await anna.asks("GET", path, status="lost")).fields == {"status.0"}
    assert (await anna.asks("GET", path, limit="5000")).fields == {"limit"}


async def test_a_part_of_the_region_is_all_that_is_reached(hire: Hire, visitors: list[str]) -> None:
    one, other = (
        await hire("one", Role.SUPERVISOR, "清河县"),
        await hire("two", Role.SUPERVISOR, "威县"),
    )
    made = await one.asks("POST", "/campaigns", DRAFT)
    assert made.told["audience"] == "县=清河县"
    assert (await one.asks("GET", "/campaigns/1/preview")).told["sendable"] == 1
    assert (await other.asks("GET", "/campaigns")).told["campaigns"] == []
    longest = {**DRAFT, "audience": "县=" + "好" * 3996}
    assert (await one.asks("POST", "/campaigns", longest)).fields == {"audience"}


async def test_the_list_is_read_from_the_newest_on(anna: Program) -> None:
    for number in range(3):
        await anna.asks("POST", "/campaigns", {**DRAFT, "name": f"第{number}个"})
    first = await anna.asks("GET", "/campaigns", limit="2")
    assert [it["number"] for it in first.told["campaigns"]] == [3, 2]
    rest = await anna.asks("GET", "/campaigns", cursor=str(first.told["next_cursor"]), limit="2")
    assert [it["number"] for it in rest.told["campaigns"]] == [1]
    assert rest.told["next_cursor"] is None
