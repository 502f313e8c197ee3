"""A question that found no answer gets one: written by one supervisor, approved by another."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.knowledge.drafts import difference, id_for, new_policy, with_questions
from bot.knowledge.library import ContentLibrary
from bot.knowledge.policies import read_headings
from bot.pipeline.messages import SaidLine
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.staff import Role
from bot.records.transcripts import Transcripts
from bot.settings import Settings

from .client import Clerk
from .conftest import Clock

Come = Callable[..., Awaitable[Clerk]]
QUESTION = "夹林图谱能不能换粮票"
POLICY = "direct-train"
CONTENT = Settings.model_construct().content_dir


@pytest.fixture
def content_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
async def content(content_folder: Path, tmp_path: Path, served: list[ContentLibrary]) -> Path:
    served.append(await ContentLibrary.open(content_folder, tmp_path, False, date.today))
    return content_folder


async def asked(database: Database, clock: Clock, times: int, words: str = QUESTION) -> None:
    lines = [
        (f"1-{number}-0", SaidLine(f"e{number}", f"e{number}.0", f"web:{number}",
                                   clock.now.timestamp(), "不知道", [], "policy", "declined", [],
                                   {}, words))
        for number in range(times)
    ]  # fmt: skip
    await Transcripts(database.sessions).write(lines)


async def proposes(clerk: Clerk, text: str, question: str = QUESTION) -> None:
    await clerk.opens("/console/unanswered")
    await clerk.sends("/console/changes", policy=POLICY, question=question, text=text)


async def test_questions_are_listed_by_how_many_ask(
    clerk: Come, database: Database, clock: Clock, content: Path
) -> None:
    await asked(database, clock, 3, QUESTION + "，我电话13000000000")
    somebody = await clerk(Role.SUPERVISOR)
    seen = await somebody.opens("/console/unanswered?days=7")
    assert "<b>3</b>" in seen.text
    assert QUESTION in seen.text
    assert "13000000000" not in seen.text


async def test_an_answer_is_written_by_one_and_approved_by_another(
    clerk: Come, database: Database, clock: Clock, content: Path, served: list[ContentLibrary],
    audit: Audit, tmp_path: Path,
) -> None:  # fmt: skip
    await asked(database, clock, 2)
    one, other = await clerk(Role.SUPERVISOR), await clerk(Role.SUPERVISOR)
    await one.opens("/console/unanswered")
    draft = await one.sends("/console/unanswered/write", policy=POLICY, question=QUESTION)
    assert f"  - {QUESTION}" in draft.text
    file = content / "policies" / f"{POLICY}.md"
    before = file.read_text(encoding="utf-8")
    after = with_questions(before, [QUESTION])
    proposed = await one.sends("/console/changes", policy=POLICY, question=QUESTION, text=after)
    assert proposed.address == "/console/changes/1"
    assert f"+  - {QUESTION}" in proposed.text
    assert "答复 " in proposed.text  # what it would be told
    assert (await one.sends("/console/changes/1/approve")).status == 409
    assert file.read_text(encoding="utf-8") == before
    await other.opens("/console/changes/1")
    assert "已生效" in (await other.sends("/console/changes/1/approve")).text
    assert file.read_text(encoding="utf-8") == after
    served.append(await ContentLibrary.open(content, tmp_path, False, date.today))
    assert "答复 " in (await one.opens("/console/changes/1")).text
    assert (await other.sends("/console/changes/1/reject")).status == 409
    assert [it.action for it in await audit.latest(50) if it.action.startswith("change_")] == [
        "change_approved", "change_proposed", "change_begun"]  # fmt: skip


async def test_a_new_policy_is_begun_by_its_title(
    clerk: Come, content: Path, served: list[ContentLibrary]
) -> None:
    somebody = await clerk(Role.SUPERVISOR)
    page = (await somebody.opens("/console/unanswered")).text
    title = "粮票兑换办法（2026）"
    begun = await somebody.sends("/console/unanswered/write", title=title, question=QUESTION)
    assert f"<h1>写答案：{title}</h1>" in begun.text
    assert 'name="policy" value="liang-piao-dui-huan-ban-fa-2026"' in begun.text
    assert f"title: {title}" in begun.text
    assert "代号" not in page + begun.text
    nameless = await somebody.sends("/console/unanswered/write", title=" ", question=QUESTION)
    assert nameless.status == 409


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("社保补贴", "she-bao-bu-tie"),
        ("1-6-4", "policy-1-6-4"),
        ("“”", "policy"),
        ("A类 补贴", "a-lei-bu-tie"),
        ("求职", "qiu-zhi-3"),
        ("很" * 60, "hen-" * 11 + "hen-"),
    ],
)
def test_an_id_is_how_the_title_is_read(title: str, made: str) -> None:
    assert id_for(title, {"qiu-zhi", "qiu-zhi-2"}) == made.strip("-")


async def test_what_cannot_be_served_is_not_proposed(clerk: Come, content: Path) -> None:
    somebody = await clerk(Role.SUPERVISOR)
    before = (content / "policies" / f"{POLICY}.md").read_text(encoding="utf-8")
    await somebody.opens("/console/unanswered")
    for text in (before.replace("sources: [article-164]", "sources: [nowhere]"), "x", "---\na: ["):
        seen = await somebody.sends("/console/changes", policy=POLICY, question="x", text=text)
        assert seen.status == 409
        assert "检查没有通过" in seen.text
    assert "还没有人提出修改" in (await somebody.opens("/console/changes")).text


async def test_a_file_that_was_changed_meanwhile_is_left_alone(clerk: Come, content: Path) -> None:
    one, other = await clerk(Role.SUPERVISOR), await clerk(Role.ADMIN)
    file = content / "policies" / f"{POLICY}.md"
    before = file.read_text(encoding="utf-8")
    await proposes(one, with_questions(before, [QUESTION]))
    edited = before.replace("直通车多长时间能给配齐人", "直通车多久能给配齐人")
    file.write_text(edited, encoding="utf-8")
    await other.opens("/console/changes/1")
    seen = await other.sends("/console/changes/1/approve")
    assert "又被改过" in seen.text
    assert file.read_text(encoding="utf-8") == edited
    assert "等人审核" in (await other.opens("/console/changes/1")).text


@pytest.mark.parametrize("policy", ["../../etc/passwd", "..", "a/b", "", "A", "x" * 99, "a\0b"])
async def test_no_other_file_can_be_written(clerk: Come, content: Path, policy: str) -> None:
    somebody = await clerk(Role.ADMIN)
    await somebody.opens("/console/unanswered")
    for path in ("/console/changes", "/console/unanswered/write"):
        seen = await somebody.sends(path, policy=policy, question="x", text="x")
        assert seen.status == 409


@pytest.mark.parametrize(
    "question", ["a: b", "- x", "#x", "'\"", "是：否", "{x}", "yes", "1", "@x"]
)
def test_any_question_is_a_text_in_the_file(question: str) -> None:
    text = (CONTENT / "policies" / f"{POLICY}.md").read_text(encoding="utf-8")
    front = yaml.safe_load(with_questions(text, [question, question]).split("---")[1])
    assert front["questions"][-1] == question
    assert len(front["questions"]) == len(yaml.safe_load(text.split("---")[1])["questions"]) + 1


def test_a_new_policy_has_all_its_sections() -> None:
    text = new_policy("new-one", "新的", [QUESTION], read_headings(CONTENT), date(2026, 3, 2))
    assert QUESTION in text
    assert text.count("## ") == 10
    assert difference(None, "a\n") == [("place", "@@ -0,0 +1 @@"), ("added", "+a")]
