"""`hotline applications`: staff see what waits and move it on."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import now
from bot.records.applications import Applications
from bot.records.ledger import Ledger
from bot.records.openings import Openings
from dialogs.work import Opening, Wish
from tests.databases import database_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    asyncio.run(_apply(tmp_path))
    return tmp_path


async def _apply(folder: Path) -> None:
    async with database_in(folder) as database:
        await Ledger(database.sessions, now).register("web:1", Wish(), "r")
        posting = Opening(0, "焊工", "示例公司", date(2026, 3, 1))
        [kept] = await Openings(database.sessions, now).keep([posting])
        await Applications(database.sessions, now).apply("web:1", kept.number, True)


@pytest.mark.usefixtures("folder")
def test_what_waits_is_listed_and_moved() -> None:
    listed = CliRunner().invoke(app, ["applications", "list"])
    assert "1号 1号岗位“焊工”（示例公司） 求职人1号 等工作人员联系单位 可转单位" in listed.output
    moved = CliRunner().invoke(
        app, ["applications", "move", "1", "interview", "--note", "周三九点"]
    )
    assert moved.exit_code == 0
    assert "约了面试" in moved.output
    assert "（周三九点）" in moved.output
    over = CliRunner().invoke(app, ["applications", "move", "1", "refused"])
    assert "这次没有成" in over.output
    assert CliRunner().invoke(app, ["applications", "list"]).output == ""


@pytest.mark.usefixtures("folder")
def test_a_number_that_is_none_is_told() -> None:
    unknown = CliRunner().invoke(app, ["applications", "move", "99", "hired"])
    assert unknown.exit_code != 0
    assert "没有99号报名" in unknown.output
