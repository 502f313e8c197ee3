"""`hotline unanswered` shows editors what to write next."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.pipeline.messages import SaidLine
from bot.records.database import Database
from bot.records.transcripts import Transcripts
from tests.whole.commands import Command

QUESTIONS = ("公积金咋提取", "公基金咋提取", "井盖丢了找谁，电话13000000000")


@pytest.fixture
def run(tmp_path: Path) -> Command:
    return Command(tmp_path)


async def write(url: str, *questions: str) -> None:
    """What people asked a minute ago, without an answer."""
    database = await Database.open(url)
    at = datetime.now(UTC).timestamp() - 60
    lines = [
        SaidLine(f"e{n}", f"e{n}.0", f"web:{n}", at, "没有。", [], "policy", "declined", [], {}, it)
        for n, it in enumerate(questions)
    ]
    await Transcripts(database.sessions).write([(f"1-{n}-0", it) for n, it in enumerate(lines)])
    await database.close()


def test_alike_questions_stand_together_and_nobody_is_named(run: Command, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/hotline.db"
    asyncio.run(write(url, *QUESTIONS))
    ended = run("unanswered", "--days", "2")
    assert ended.code == 0, ended.err
    first, example, second, total = ended.out.splitlines()
    assert first.startswith("2次（2人，最近")
    assert {first.split(" ", 1)[1].strip(), example.strip()} == set(QUESTIONS[:2])
    assert "井盖丢了" in second
    assert "1300000" not in ended.out
    assert total == "最近2天有3句没答上来，合成2类。"


def test_of_a_county_without_anybody_there_is_nothing(run: Command, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/hotline.db"
    asyncio.run(write(url, *QUESTIONS))
    ended = run("unanswered", "--county", "威县")
    assert ended.out == "最近30天没有答不上来的话。\n"
