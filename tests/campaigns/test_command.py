"""A campaign at the terminal, from its draft to its Excel file."""

from __future__ import annotations

import asyncio
import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.pipeline.messages import HeardLine
from bot.records.database import Database
from bot.records.transcripts import Transcripts
from tests.whole.commands import Command

pytestmark = pytest.mark.process


@pytest.fixture
def run(tmp_path: Path) -> Command:
    run = Command(tmp_path)
    asyncio.run(visitors(tmp_path, 3))
    return run


async def visitors(folder: Path, many: int) -> None:
    database = await Database.open(f"sqlite:///{folder}/var/hotline.db")
    urns = [f"web:{number:032x}" for number in range(many)]
    lines = [
        (f"0-{number + 1}-0", HeardLine(f"e{urn}", urn, 1_790_000_000.0, "你好", "words"))
        for number, urn in enumerate(urns)
    ]
    await Transcripts(database.sessions).write([*lines])
    await database.close()


def test_a_campaign_goes_its_way(run: Command, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("周六上午有招聘会。", encoding="utf-8")
    made = run("campaign", "draft", "招聘会", "--to", "渠道=web", "--file", str(words))
    assert "第 1 号" in made.out, made
    seen = run("campaign", "preview", "1")
    assert "能发 3 人" in seen.out
    assert seen.out.count("周六上午有招聘会。") == 3
    assert "共 3 人" in run("campaign", "freeze", "1").out
    assert "发送中" in run("campaign", "start", "1", "--key", "once").out
    assert "发送中" in run("campaign", "start", "1", "--key", "once").out
    assert "已暂停" in run("campaign", "pause", "1").out
    assert "已暂停" in run("campaign", "watch", "1").out
    assert "已取消" in run("campaign", "cancel", "1").out
    assert "已取消" in run("campaign", "resume", "1").err
    told = run("campaign", "report", "1").out
    assert "待发 3" in told
    assert re.findall(r"\t(\S+)\toperator", told)[-1] == "取消"
    assert "招聘会" in run("campaign", "list").out
    file = tmp_path / "report.xlsx"
    assert "共 0 行" in run("campaign", "export", "1", str(file)).out
    book = load_workbook(BytesIO(file.read_bytes()))
    assert book.sheetnames == ["汇总", "没收到的人", "收到的人"]
    assert "campaign_start" in run("audit", "list").out


def test_a_test_is_sent_to_oneself_only(run: Command, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("周六上午有招聘会。", encoding="utf-8")
    run("campaign", "draft", "招聘会", "--to", "所有人", "--file", str(words))
    me = f"web:{0:032x}"
    assert "已发给" in run("campaign", "test", "1", me, "--key", "k").out
    assert "同一个编号" in run("campaign", "test", "1", me, "--key", "k").out
    assert run("campaign", "test", "1", "fax:1").code == 1


@pytest.mark.parametrize(
    ("audience", "text", "told"),
    [
        ("县=", "好", "第 3 个字"),
        ("省=河北", "好", "“省”不是条件"),
        ("所有人", "{{ 电话 }}", "“电话”不是变量"),
    ],
)
def test_a_draft_that_cannot_be_sent_is_answered(
    run: Command, tmp_path: Path, audience: str, text: str, told: str
) -> None:
    words = tmp_path / "words.txt"
    words.write_text(text, encoding="utf-8")
    ended = run("campaign", "draft", "招聘会", "--to", audience, "--file", str(words))
    assert ended.code == 1
    assert told in ended.err
