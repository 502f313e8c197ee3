"""`hotline openings` and `hotline demo`, as an operator gives them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot.commands.demo import demo
from bot.commands.openings import app
from tests.service import prepared

Command = Callable[..., Result]
ROWS = """岗位,单位,县区,工资,电话,备注
电焊工,示例厂,南和,5000-7000元/月,0319-0000000,
普工,示例厂,南和,4000,0319-0000000,入职交押金300元
瓦工,示例厂,火星,4000,,
"""


@pytest.fixture
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("VAR_DIR", str(prepared(tmp_path) / "var"))
    monkeypatch.setenv("SEMANTIC", "false")
    table = typer.Typer()
    table.add_typer(app, name="openings")
    table.command()(demo)
    return lambda *args: CliRunner().invoke(table, [str(it) for it in args])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "岗位.csv"
    path.write_text(ROWS, encoding="gb18030")
    return path


def test_a_file_is_tried_taken_in_and_accounted_for(hotline: Command, file: Path) -> None:
    trial = hotline("openings", "import", file, "--dry-run")
    assert "什么都没有改）：共 3 行，新增 2，更新 0，没有变化 0，没有收下 1" in trial.output
    assert hotline("openings", "list").output.strip() == "没有岗位。"
    taken = hotline("openings", "import", file)
    assert "第 4 行 [没有收下]：看不出“火星”是哪个县（市、区）。" in taken.output
    assert "第 3 行 [等待核实] 2号 普工：“入职交押金300元”" in taken.output
    assert "有 1 个岗位先没有发布" in taken.output
    again = hotline("openings", "import", file)
    assert "新增 0，更新 0，没有变化 2，没有收下 1" in again.output


def test_openings_are_released_held_filled_and_closed(hotline: Command, file: Path) -> None:
    hotline("openings", "import", file)
    assert "待核实" in hotline("openings", "list", "--state", "held").output
    assert hotline("openings", "release", 2).output == "2号“普工”已放行。\n"
    assert hotline("openings", "hold", 1, "电话打不通").output == "1号“电焊工”先不发布了。\n"
    assert hotline("openings", "fill", 2).output == "2号“普工”已标为招满。\n"
    assert hotline("openings", "close", 1).output == "1号“电焊工”已停止招聘。\n"
    missing = hotline("openings", "close", 99)
    assert (missing.exit_code, missing.output) == (1, "没有 99 号岗位。\n")


def test_an_export_and_a_template_are_written_and_overwrite_nothing(
    hotline: Command, file: Path, tmp_path: Path
) -> None:
    hotline("openings", "import", file)
    book = tmp_path / "导出.xlsx"
    assert "2 个岗位" in hotline("openings", "export", book).output
    sheet = load_workbook(io.BytesIO(book.read_bytes())).active
    assert [cell.value for cell in sheet["C"]] == ["岗位名称", "电焊工", "普工"]
    refused = hotline("openings", "template", book)
    assert refused.exit_code == 1
    assert "没有覆盖" in refused.output
    assert hotline("openings", "template", tmp_path / "模板.xlsx").exit_code == 0


def test_the_county_of_a_whole_file_may_be_given(hotline: Command, file: Path) -> None:
    file.write_text(ROWS.replace("南和", "").replace("火星", ""), encoding="utf-8")
    assert "新增 3" in hotline("openings", "import", file, "--county", "任县").output
    assert "任泽区" in hotline("openings", "list").output
    unknown = hotline("openings", "import", file, "--county", "火星")
    assert (unknown.exit_code, "不认得“火星”" in unknown.output) == (1, True)


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0", b"PK\x03\x04", "甲,乙\n".encode()])
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    hotline: Command, file: Path, data: bytes
) -> None:
    file.write_bytes(data)
    refused = hotline("openings", "import", file)
    assert refused.exit_code == 1
    assert refused.output.strip()
    assert "Traceback" not in refused.output
    assert refused.exception is None or isinstance(refused.exception, SystemExit)


def test_the_examples_go_in_once_and_out_again(hotline: Command, file: Path) -> None:
    hotline("openings", "import", file)
    for _ in range(2):
        assert "200 个岗位，100 个求职人" in hotline("demo").output
        assert len(hotline("openings", "list").output.splitlines()) == 202
    assert "示例已取出：200 个岗位，100 个求职人" in hotline("demo", "--remove").output
    assert len(hotline("openings", "list").output.splitlines()) == 2
