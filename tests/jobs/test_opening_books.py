"""What is exported can be taken in again and says the same; the template is one of our tables."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

from openpyxl import load_workbook

from bot.jobs.intake import Intake
from bot.jobs.opening_books import FIELDS, OpeningBooks
from bot.records.openings import Openings
from dialogs.work import Opening, OpeningState, PayUnit, WorkType
from tests.wording import WORDS

from .test_intake import TODAY, intake, postings, store

__all__ = ["intake", "store"]

PLAIN = Opening(
    0, "电焊工", "示例厂", date(2026, 3, 1), occupation="电焊工", county="南和区", pay_min=5000,
    pay_max=7000, pay_unit=PayUnit.MONTH, phone="0319-0000000", expires=date(2026, 4, 1),
)  # fmt: skip
OPENINGS = [
    PLAIN,
    replace(PLAIN, title="=1+1", pay_min=None, pay_max=6000, expires=None, town="三召乡"),
    replace(PLAIN, title="保姆", occupation="家政服务员", county=None, away="北京市海淀区",
            pay_max=None, pay_unit=PayUnit.DAY, pay_min=260, housing=True, meals=True),
    replace(PLAIN, title="编织", occupation="手工编织", pay_min=None, pay_max=None,
            pay_unit=PayUnit.PIECE, work_type=WorkType.AT_HOME, housing=False),
    replace(PLAIN, title="普工", occupation="普工", pay_min=None, pay_max=None, pay_unit=None,
            headcount=5, hours="长白班", requirements="能吃苦\n会识字", description="装箱",
            contact="示例联系人", address="示例路1号"),
    replace(PLAIN, title="客服", occupation="客服", pay_min=20, pay_max=None,
            pay_unit=PayUnit.HOUR, flags=("age:18-30岁",), requirements="18-30岁"),
]  # fmt: skip


def books() -> OpeningBooks:
    return OpeningBooks(postings().columns, postings().wording, WORDS)


async def test_an_export_taken_in_again_is_all_the_same(intake: Intake, store: Openings) -> None:
    await store.keep(OPENINGS)
    await store.close(1)
    data = books().listed(await store.every_one())
    account = await intake.take(data, "导出.xlsx", TODAY)
    assert [entry.fate for entry in account.entries] == ["same"] * len(OPENINGS), account
    assert [it.number for it in await store.every_one(OpeningState.CLOSED)] == [1]


def test_an_export_shows_state_and_what_is_doubtful() -> None:
    held = replace(OPENINGS[5], number=9, state=OpeningState.HELD)
    sheet = load_workbook(io.BytesIO(books().listed([held]))).active
    header, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    shown = dict(zip(header, row, strict=True))
    assert (shown["编号"], shown["状态"]) == (9, "待核实")
    assert shown["提醒"].startswith("18-30岁（")
    assert sheet.freeze_panes == "A2"


async def test_the_template_is_filled_in_and_taken_in(intake: Intake, store: Openings) -> None:
    book = load_workbook(io.BytesIO(books().template()))
    filled = {"title": "电焊工", "employer": "示例厂", "county": "任县", "pay": "200元/天"}
    book.worksheets[0].append([filled.get(field) for field in FIELDS])
    out = io.BytesIO()
    book.save(out)
    account = await intake.take(out.getvalue(), "模板.xlsx", TODAY)
    assert [(entry.line, entry.fate) for entry in account.entries] == [(2, "new")]
    [opening] = await store.open_ones(TODAY)
    assert (opening.county, opening.pay_min, opening.pay_unit) == ("任泽区", 200, PayUnit.DAY)


def test_the_template_explains_every_column() -> None:
    book = load_workbook(io.BytesIO(books().template()))
    headings = [cell.value for cell in book.worksheets[0][1]]
    explained = [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)]
    assert headings == explained
    assert len(book.worksheets[0].data_validations.dataValidation) == 3
