"""Tables are read as staff see them, and files made to do harm are refused in words."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink

from bot.sheets import Line, SheetRefused, read_sheet
from bot.sheets import cells as limits
from tests.wording import WORDS


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def rezipped(data: bytes, **changed: bytes) -> bytes:
    """The same file with entries added or replaced ("__" stands for "/", "_dot_" for ".")."""
    names = {name.replace("__", "/").replace("_dot_", "."): body for name, body in changed.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            if entry.filename not in names:
                new.writestr(entry, old.read(entry))
        for name, body in names.items():
            new.writestr(name, body)
    return out.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(SheetRefused) as caught:
        read_sheet(data)
    told = WORDS.say(caught.value.words, **caught.value.facts)
    assert told
    return caught.value.words


def test_a_workbook_gives_plain_values_with_the_lines_that_staff_see() -> None:
    data = book_of(
        ("岗位", "人数", "日期"), (), (" 电焊工 ", 3, date(2026, 3, 1)), (None, 4.5, True)
    )
    assert read_sheet(data) == [
        Line(1, ("岗位", "人数", "日期")),
        Line(3, ("电焊工", 3, datetime(2026, 3, 1))),
        Line(4, (None, 4.5, True)),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_in_whatever_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(("岗位", "薪资")) + "\r\n\r\n" + delimiter.join(("电焊工", "面议")) + "\r\n"
    )
    assert read_sheet(text.encode(encoding)) == [
        Line(1, ("岗位", "薪资")),
        Line(3, ("电焊工", "面议")),
    ]


def test_a_quoted_cell_may_go_over_several_lines() -> None:
    lines = read_sheet('岗位,要求\n焊工,"有证\n能吃苦"\n电工,无\n'.encode())
    assert [line.number for line in lines] == [1, 2, 4]
    assert lines[1].cells == ("焊工", "有证\n能吃苦")


def test_merged_cells_hold_their_value_in_each_line() -> None:
    book = Workbook()
    for row in (("单位", "岗位"), ("示例厂", "焊工"), (None, "电工"), ("另一厂", "普工")):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    assert [line.cells[0] for line in read_sheet(saved(book))] == [
        "单位", "示例厂", "示例厂", "另一厂",
    ]  # fmt: skip


def test_an_empty_or_hidden_first_sheet_is_passed_over() -> None:
    book = Workbook()
    hidden = book.create_sheet("旧的")
    hidden.append(("不要",))
    hidden.sheet_state = "hidden"
    book.create_sheet("岗位").append(("要",))
    assert [line.cells for line in read_sheet(saved(book))] == [("要",)]


def test_a_formula_gives_its_value_and_an_error_nothing() -> None:
    data = book_of(("=1+1", "x"), ("#N/A", "y"))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#N/A</v></c>'
        '<c r="C1"><v>5</v></c></row></sheetData></worksheet>'
    )
    assert read_sheet(rezipped(data, xl__worksheets__sheet1_dot_xml=sheet.encode())) == [
        Line(1, (2, None, 5))
    ]


def test_a_dimension_that_lies_hides_nothing() -> None:
    data = book_of(("a", "b"), ("c", "d"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:B2"', b'ref="A1"')
    assert len(read_sheet(rezipped(data, xl__worksheets__sheet1_dot_xml=sheet))) == 2


def test_a_long_cell_is_cut() -> None:
    [line] = read_sheet(book_of(("长" * 9000,)))
    assert line.cells == ("长" * limits.LONGEST_CELL,)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "sheets.empty"),
        (b"\n , \n", "sheets.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "sheets.old_excel"),
        (b"PK\x03\x04 no zip", "sheets.no_table"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff", "sheets.encoding"),
        (b"x" * (limits.LARGEST_FILE + 1), "sheets.too_large"),
        (b"a\n" * (limits.MOST_LINES + 1), "sheets.too_long"),
        (b"a,b\n" + b",".join([b"x"] * 61), "sheets.too_wide"),
        ('a,"没有配对'.encode() + b"x" * 200_000, "sheets.broken_csv"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    assert refused(data) == words


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refused(out.getvalue()) == "sheets.no_table"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = rezipped(book_of(("a",)), xl__worksheets__sheet1_dot_xml=b" " * (65 * 1024 * 1024))
    assert len(bomb) < 200_000
    assert refused(bomb) == "sheets.too_large_inside"


def test_a_file_of_many_entries_is_refused() -> None:
    many = rezipped(book_of(("a",)), **{f"xl__media__{number}": b"" for number in range(400)})
    assert refused(many) == "sheets.too_large_inside"


def test_an_entry_that_is_longer_than_it_declares_is_refused() -> None:
    data = bytearray(rezipped(book_of(("a",)), xl__worksheets__sheet1_dot_xml=b" " * 70_000_000))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark)
        while at >= 0:  # every entry claims to be of 100 bytes
            data[at + offset : at + offset + 4] = (100).to_bytes(4, "little")
            at = data.find(mark, at + 1)
    assert refused(bytes(data)) == "sheets.no_table"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_xml_that_declares_entities_is_refused(encoding: str) -> None:
    evil = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'.encode(encoding)
    assert refused(rezipped(book_of(("a",)), xl__sharedStrings_dot_xml=evil)) == "sheets.no_table"


def test_macros_are_refused() -> None:
    assert refused(rezipped(book_of(("a",)), xl__vbaProject_dot_bin=b"x")) == "sheets.macros"


def test_links_to_other_files_are_refused() -> None:
    book = Workbook()
    book.active.append(("a",))
    link = ExternalLink(externalBook=ExternalBook())
    link.file_link = Relationship(
        type="externalLinkPath", Target="other.xlsx", TargetMode="External"
    )
    book._external_links.append(link)
    assert refused(saved(book)) == "sheets.links"


def test_broken_xml_is_refused() -> None:
    broken = rezipped(book_of(("a",)), xl__worksheets__sheet1_dot_xml=b"<worksheet><row")
    assert refused(broken) == "sheets.no_table"
