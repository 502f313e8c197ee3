"""Supervisors read, search and judge what was said; nobody else does."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable

import pytest
from openpyxl import load_workbook

from bot.pipeline.messages import DeliveryLine, HeardLine, Line, SaidLine
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.seekers import enter
from bot.records.staff import Role
from bot.records.summaries import Summaries
from bot.records.tables import SeekerRow
from bot.records.transcripts import Transcripts

from .client import Clerk
from .conftest import Clock

Come = Callable[..., Awaitable[Clerk]]
MORNING = 1_772_416_800.0  # 2026-03-02 02:00 UTC, 10:00 here
ATTACKS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "\u202e反")
EVIDENCE = {
    "question": "灵活就业社保补贴怎么领",
    "reason": "sure",
    "views": ["letters", "names"],
    "candidates": {"social-insurance-subsidy": 0.91, "vocational-training": 0.02},
    "versions": {"social-insurance-subsidy": "2026-01-01"},
}


class Talk:
    """Writes conversations as the journal does."""

    def __init__(self, database: Database) -> None:
        self._transcripts = Transcripts(database.sessions)
        self._summaries = Summaries(database.sessions)
        self._number = 0

    async def happens(self, *lines: Line) -> None:
        batch = []
        for line in lines:
            self._number += 1
            batch.append((f"1-{self._number}-0", line))
        await self._transcripts.write(batch)
        await self._summaries.renew_all()

    async def about(
        self, words: str, urn: str, second: float = 0, outcome: str = "answered"
    ) -> None:
        event, at = f"{urn}e{second}", MORNING + second
        policies = ["social-insurance-subsidy"] if outcome == "answered" else []
        await self.happens(
            HeardLine(event, urn, at, words, "words"),
            SaidLine(event, f"{event}.0", urn, at + 0.4, "请到街道办申请。", ["找人工"], "policy",
                     outcome, policies, EVIDENCE, words),
            DeliveryLine(f"{event}.0", urn, at + 0.9, "sent"),
        )  # fmt: skip


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database)


@pytest.fixture
async def in_county(database: Database, clock: Clock) -> Callable[[str, str], Awaitable[None]]:
    async def move(urn: str, county: str) -> None:
        async with database.sessions.begin() as session:
            number = await enter(session, urn, clock())
            (await session.get_one(SeekerRow, number)).county = county

    return move


async def test_a_conversation_is_shown_with_its_reasons(
    clerk: Come, talk: Talk, audit: Audit
) -> None:
    await talk.about("社保补贴，电话13000000000", "web:1")
    somebody = await clerk(Role.SUPERVISOR)
    listed = await somebody.opens("/console/talks")
    assert "共 1 次会话" in listed.text
    assert "130****0000" in listed.text
    seen = await somebody.opens("/console/talks/1?outcome=answered")
    for told in ("请到街道办申请。", "有把握", "91.0%", "当时的版本 2026-01-01", "400 毫秒",
                 "500 毫秒", "已送达", "letters、names", "灵活就业社保补贴怎么领"):  # fmt: skip
        assert told in seen.text
    assert "13000000000" not in seen.text
    [entry] = await audit.latest(1)
    assert (entry.action, entry.about) == ("talk_read", "/console/talks/1")
    assert 'class="unread"' not in (await somebody.opens("/console/talks")).text


async def test_a_number_is_revealed_with_a_reason_only(
    clerk: Come, talk: Talk, audit: Audit
) -> None:
    await talk.about("电话13000000000", "web:1")
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/talks/1")
    assert (await somebody.sends("/console/talks/1/reveal", reason=" ")).status == 409
    seen = await somebody.sends("/console/talks/1/reveal", reason="回访")
    assert "13000000000" in seen.text
    [entry] = await audit.latest(1)
    assert (entry.action, entry.detail) == ("talk_reveal", {"reason": "回访"})


@pytest.mark.parametrize(
    ("query", "words"),
    [("outcome=declined", ["驾校"]), ("policy=social-insurance-subsidy", ["社保"]),
     ("channel=telegram", ["驾校"]), ("county=清河县", ["社保"]), ("county=-", ["驾校"]),
     ("unread=1", ["社保", "驾校"]),
     ("begin=2026-03-03", []), ("begin=2026-03-02&end=2026-03-02", ["社保", "驾校"]),
     ("end=2026-03-01", []), ("outcome=declined&channel=web", []), ("mark=personal", []),
     ("outcome=answered&channel=web&script=policy", ["社保"]), ("longer=1", []),
     ("label=要改", []), ("q=驾校", ["驾校"]), ("q=街道", ["街道", "街道"]),
     ("q=街道&outcome=declined", ["街道"]),
     ("begin=x&plan=y&score=z' OR 1=1", [])],
)  # fmt: skip
async def test_filters_find_what_they_say(
    clerk: Come, talk: Talk, in_county: Callable[[str, str], Awaitable[None]], query: str,
    words: list[str],
) -> None:  # fmt: skip
    await talk.about("社保补贴", "web:1")
    await talk.about("驾校报销", "telegram:2", 60, "declined")
    await in_county("web:1", "清河县")
    somebody = await clerk(Role.SUPERVISOR)
    text = (await somebody.opens(f"/console/talks?{query}")).text
    shown = text.partition('<main id="main"')[2]
    rows = shown.count("data-row")
    assert rows == len(words)
    for word in words:
        assert word in shown


async def test_hits_are_marked(clerk: Come, talk: Talk) -> None:
    await talk.about("想问社保补贴的事", "web:1")
    somebody = await clerk(Role.SUPERVISOR)
    listed = await somebody.opens("/console/talks?q=补贴")
    assert "社保<mark>补贴</mark>的事" in listed.text
    one = await somebody.opens("/console/talks/1?q=补贴")
    assert "社保<mark>补贴</mark>的事" in one.text


async def test_a_page_leads_to_the_next_one_and_back(clerk: Come, talk: Talk) -> None:
    for number in range(53):
        await talk.about(f"第{number}问", f"web:{number}", number)
    somebody = await clerk(Role.SUPERVISOR)
    first = await somebody.opens("/console/talks")
    assert first.text.count("data-row") == 50
    older = first.text.partition('data-key="next" href="')[2].partition('"')[0]
    second = await somebody.opens(older.replace("&amp;", "&"))
    assert second.text.count("data-row") == 3
    newer = second.text.partition('data-key="previous" href="')[2].partition('"')[0]
    assert (await somebody.opens(newer.replace("&amp;", "&"))).text.count("data-row") == 50
    one = await somebody.opens("/console/talks/52")
    assert '/console/talks/51?"' in one.text
    assert '/console/talks/53?"' in one.text


async def test_nobody_sees_another_countys_conversations(
    clerk: Come, talk: Talk, in_county: Callable[[str, str], Awaitable[None]]
) -> None:
    for urn, county in (("web:1", "清河县"), ("web:2", "威县")):
        await talk.about("社保补贴", urn)
        await in_county(urn, county)
    await talk.about("社保补贴", "web:3")
    somebody = await clerk(Role.SUPERVISOR, "威县")
    for query in ("", "?q=补贴", "?county=清河县", "?outcome=answered"):
        text = (await somebody.opens(f"/console/talks{query}")).text
        assert "/console/talks/1?" not in text
        assert "/console/talks/3?" not in text
    assert "/console/talks/2?" in (await somebody.opens("/console/talks")).text
    for number in (1, 3):
        assert (await somebody.opens(f"/console/talks/{number}")).status == 404
        for what in ("reveal", "score", "label", "note", "done", "unread"):
            form = {"reason": "x", "label": "x", "text": "x", "point": "1"}
            assert (await somebody.sends(f"/console/talks/{number}/{what}", **form)).status == 404
    exported = await somebody.sends("/console/talks/export", format="jsonl")
    assert {json.loads(line)["conversation"] for line in exported.text.splitlines()} == {2}
    figures = await somebody.opens("/console/figures?begin=2026-03-02&end=2026-03-02")
    assert "清河县" not in figures.text.partition("<h1>")[2]


async def test_what_visitors_write_is_shown_and_never_run(clerk: Come, talk: Talk) -> None:
    for number, attack in enumerate(ATTACKS):
        await talk.about(attack, f"web:{number}", number)
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/talks/1")
    for attack in ATTACKS:
        await somebody.sends("/console/talks/1/label", label=attack)
        await somebody.sends("/console/talks/1/note", text=attack, due="2026-03-09")
        await somebody.sends("/console/plans", name=attack, a_week="1", unanswered="0")
    by_label = f"/console/talks?label={ATTACKS[0]}"
    for path in ("/console/talks", "/console/talks/1", "/console/talks/2", "/console/points",
                 "/console/plans", "/console/talks?q=script", by_label):  # fmt: skip
        seen = await somebody.opens(path)
        assert seen.status == 200, path
        assert "<script>alert" not in seen.text
        assert "<img" not in seen.text
        assert "\u202e" not in seen.text
        assert "49" not in seen.text.partition("{{ 7*7 }}")[0][-20:]


async def test_a_conversation_is_judged(clerk: Come, talk: Talk, clock: Clock) -> None:
    await talk.about("社保补贴", "web:1")
    one, other = await clerk(Role.SUPERVISOR), await clerk(Role.ADMIN)
    marks = {"correct": "2", "complete": "1", "kind": "2", "in_time": "0"}
    await one.opens("/console/talks/1")
    assert (await one.sends("/console/talks/1/score", **{**marks, "kind": "9"})).status == 409
    assert "supervisor1" in (await one.sends("/console/talks/1/score", **marks)).text
    second = await other.opens("/console/talks?second=admin2")
    assert "data-row" in second.text
    blind = await other.opens("/console/talks/1")  # whoever judges second is not told of the first
    assert "已有 1 人评过" in blind.text
    assert "supervisor1 2026" not in blind.text.partition("保存评分")[2]
    judged = await other.sends("/console/talks/1/score", **{**marks, "complete": "2"})
    assert "supervisor1 2026" in judged.text.partition("保存评分")[2]
    assert "data-row" not in (await other.opens("/console/talks?second=admin2")).text
    assert "data-row" in (await one.opens("/console/talks?score=6")).text
    await one.sends("/console/talks/1/label", label="要改")
    assert "data-row" in (await one.opens("/console/talks?label=要改")).text
    await one.sends("/console/talks/1/label", off="要改")
    assert "data-row" not in (await one.opens("/console/talks?label=要改")).text
    await one.sends("/console/talks/1/note", text="补一条材料", due="2026-03-01")
    points = await other.opens("/console/points")
    assert "补一条材料" in points.text
    assert "过期" in points.text
    await other.sends("/console/talks/1/done", point="1")
    assert "没有要跟进的事" in (await other.opens("/console/points")).text
    plans = (await one.opens("/console/plans")).text
    assert plans.count(">100%<") == 3
    assert plans.count(">0%<") == 1


async def test_summing_up_anew_keeps_what_supervisors_wrote(clerk: Come, talk: Talk) -> None:
    await talk.about("社保补贴", "web:1")
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/talks/1")
    await somebody.sends("/console/talks/1/label", label="要改")
    await somebody.sends("/console/talks/1/score", correct="2", complete="2", kind="2", in_time="2")
    await talk.about("还有材料呢", "web:1", 600)
    for query in ("label=要改", "score=8", "unread=1"):
        assert "data-row" in (await somebody.opens(f"/console/talks?{query}")).text


async def test_a_plan_draws_what_it_says(clerk: Come, talk: Talk) -> None:
    for number in range(12):
        await talk.about("问", f"web:{number}", number, "declined" if number < 4 else "answered")
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/plans")
    form = {"name": "每周", "a_week": "6", "unanswered": "50"}
    assert (await somebody.sends("/console/plans", **{**form, "a_week": "0"})).status == 409
    await somebody.sends("/console/plans", **form)
    assert (await somebody.sends("/console/plans", **form)).status == 409
    for _ in range(2):  # drawing again adds nothing
        drawn = await somebody.sends("/console/plans/1/draw", week="this")
        assert drawn.text.count("data-row") == 6
        assert drawn.text.count("没答上 1") == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
async def test_an_export_is_masked_and_harmless(
    clerk: Come, talk: Talk, audit: Audit, kind: str
) -> None:
    await talk.about("=HYPERLINK(1) 电话13000000000", "telegram:77")
    somebody = await clerk(Role.SUPERVISOR)
    await somebody.opens("/console/talks")
    form = {"csrf": somebody.csrf, "format": kind, "q": "电话"}
    headers = {"Origin": somebody.url}
    async with somebody.http.post(
        somebody.url + "/console/talks/export", data=form, headers=headers
    ) as response:
        body = await response.read()
    match kind:
        case "csv":
            rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
            cell, header = rows[1][5], rows[0]
            assert header[0] == "会话编号"
            assert cell.startswith("'=")
        case "xlsx":
            sheet = load_workbook(io.BytesIO(body)).active
            assert sheet is not None
            cell = str(sheet.cell(2, 6).value)
            assert sheet.cell(2, 6).data_type == "s"
        case _:
            cell = json.loads(body.splitlines()[0])["text"]
    assert "130****0000" in cell
    assert b"13000000000" not in body
    assert b"telegram:77" not in body
    [entry] = await audit.latest(1)
    assert (entry.action, entry.detail["talks"]) == ("talks_export", 1)
    assert (await somebody.sends("/console/talks/export", format="exe")).status == 409
