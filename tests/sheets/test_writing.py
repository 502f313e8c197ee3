"""What is written opens in Excel as it was meant: text as text, dates as dates."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook

from bot.sheets import Sheet, read_sheet, write_book


def reopened(*sheets: Sheet):
    return load_workbook(io.BytesIO(write_book(sheets)))


def test_the_header_stays_in_sight_and_dates_are_dates() -> None:
    rows = [("电焊工", date(2026, 3, 1), datetime(2026, 3, 1, 8, 30, tzinfo=UTC), 5, None)]
    book = reopened(Sheet("岗位", ("岗位", "日期", "时间", "人数", "备注"), rows))
    sheet = book["岗位"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E2"
    assert sheet["A1"].font.b
    assert sheet["B2"].is_date
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == (
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
    )
    assert sheet["C2"].value == datetime(2026, 3, 1, 8, 30)
    assert sheet["D2"].value == 5
    assert sheet.column_dimensions["A"].width >= 8


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", '=HYPERLINK("http://x","y")'])
def test_no_text_becomes_a_formula(begin: str) -> None:
    data = write_book([Sheet("一", (f"{begin}头",), [(f"{begin}1+1",)])])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in body
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix
    assert sheet["A2"].value.strip() == f"{begin}1+1".strip()


def test_titles_are_made_acceptable_and_differ() -> None:
    sheets = [Sheet(title, ("a",), []) for title in ("a/b[1]", "A b 1", "", "History", "长" * 40)]
    titles = reopened(*sheets).sheetnames
    assert len({title.casefold() for title in titles}) == len(titles) == 5
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)


def test_a_column_may_offer_values_to_pick_from() -> None:
    sheet = reopened(Sheet("一", ("类型",), [], {"类型": ("全职", "兼职")})).active
    [offered] = sheet.data_validations.dataValidation
    assert (offered.formula1, str(offered.sqref)) == ('"全职,兼职"', "A2:A2000")


@given(some.lists(some.one_of(some.text(), some.integers(-(2**50), 2**50)), min_size=1, max_size=4))
def test_whatever_is_written_can_be_opened(cells: list[str | int]) -> None:
    header = tuple(f"h{number}" for number in range(len(cells)))
    [_, *rest] = read_sheet(write_book([Sheet("一", header, [cells])]))
    for line in rest:
        for got, put in zip(line.cells, cells, strict=False):
            assert got == put or isinstance(put, str)
