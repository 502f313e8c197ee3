"""`hotline ledger` and `hotline purge` as staff at the terminal use them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.whole.commands import Command

pytestmark = pytest.mark.process

TABLE = """2026年台账,,,,,
姓名,联系电话,县区,年龄,困难类别,求职意愿
示例甲,13000000000,南和县,52,残疾,想找个电焊工的活，一个月五千以上
示例乙,123,清河县,,,
示例丙,,任县,,,梳绒
"""


@pytest.fixture
def run(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    path.write_bytes(TABLE.encode("gb18030"))
    return str(path)


def test_a_table_is_tried_then_taken_in_once(run: Command, table: str) -> None:
    tried = run("ledger", "import", table, "--dry-run")
    assert "第4行没有收：电话不像电话号码" in tried.out
    assert "什么也没有改" in tried.out
    assert run("ledger", "show", "1").code == 1
    assert "新增2人，更新0人，没有变化0人，没有收1行" in run("ledger", "import", table).out
    assert "新增0人，更新0人，没有变化2人，没有收1行" in run("ledger", "import", table).out


def test_who_it_is_is_seen_only_with_a_reason_that_is_kept(run: Command, table: str) -> None:
    run("ledger", "import", table)
    masked = run("ledger", "show", "1")
    assert "示**  130****0000" in masked.out
    assert "13000000000" not in masked.out
    refused = run("ledger", "show", "1", "--reveal")
    assert (refused.code, refused.err.strip()[:7]) == (1, "要显示姓名和电")
    shown = run("ledger", "show", "1", "--reveal", "--reason", "电话回访")
    assert "示例甲  13000000000" in shown.out
    assert "reveal" in run("audit", "list").out


def test_the_lists_are_written_as_one_workbook(run: Command, table: str, tmp_path: Path) -> None:
    run("ledger", "import", table)
    run("ledger", "assign", "1", "--station", "示例站", "--officer", "示例员")
    file = tmp_path / "lists.xlsx"
    assert "岗位需求清单" in run("ledger", "export", str(file)).out
    book = load_workbook(file)
    assert len(book.sheetnames) == 5
    assert book["责任分工清单"].freeze_panes == "A2"
    run(
        "ledger", "export", str(file), "--list", "duty", "--county", "南和区", "--officer", "示例员"
    )
    [sheet] = load_workbook(file).worksheets
    assert [sheet.max_row, sheet["B2"].value] == [2, "示**"]
    run("ledger", "export", str(file), "--list", "duty", "--reveal", "--reason", "上报")
    assert load_workbook(file).worksheets[0]["B2"].value in ("示例甲", "示例丙")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "/nowhere/x.xlsx"), "写不了"),
        (("export", "x.xlsx", "--since", "3月"), "日期请写成"),
        (("import", "/nowhere/x.csv"), "读不了"),
        (("show", "99"), "台账里没有99号"),
        (("assign", "99", "--station", "x"), "台账里没有99号"),
        (("erase", "99", "--yes"), "台账里没有99号"),
        (("answer", "99", "working"), "没有这个回访编号"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    run: Command, arguments: tuple[str, ...], told: str
) -> None:
    ended = run("ledger", *arguments)
    assert ended.code == 1
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_a_table_without_a_header_is_told(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\nc,d\n", encoding="utf-8")
    assert "没找到表头" in run("ledger", "import", str(path)).err


def test_the_template_is_an_empty_table(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    run("ledger", "template", str(file))
    assert load_workbook(file).worksheets[0]["A1"].value == "姓名"
    assert "新增0人" in run("ledger", "import", str(file)).out


def test_somebody_is_erased(run: Command, table: str, tmp_path: Path) -> None:
    run("ledger", "import", table)
    assert "已删除" in run("ledger", "erase", "1", "--yes").out
    assert run("ledger", "show", "1").code == 1
    kept = b"".join(path.read_bytes() for path in (tmp_path / "var").glob("hotline.db*"))
    assert b"13000000000" not in kept
    assert "示例丙".encode() in kept


def test_somebody_who_chats_is_erased_from_the_streams_too(run: Command, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "var" / "hotline.db") as database:
        database.execute(
            "INSERT INTO seekers (urn, state, pace, registered_at, updated_at, is_example) "
            "VALUES ('web:me', 'active', 'daily', '2026-01-01', '2026-01-01', 0)"
        )
    assert "已删除" in run("ledger", "erase", "1", "--yes").out
    assert run("ledger", "show", "1").code == 1


def test_the_purge_counts_before_it_deletes(run: Command, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "var" / "hotline.db") as database:
        database.execute(
            "INSERT INTO tickets (key, urn, topic, context, opened_at, state) "
            "VALUES ('k', 'web:me', 'x', '', '2020-01-01', 'open')"
        )
    for _ in range(2):
        counted = run("purge", "--dry-run").out
        assert "交给人工的问题：1行" in counted
        assert "什么也没有删" in counted
    assert "已删除" in run("purge").out
    assert "没有过期的内容" in run("purge").out
