"""Tables read from .xlsx and .csv files that anybody may have made, within limits."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from bot.sheets.books import Span, inspect, merged
from bot.sheets.cells import (
    LARGEST_FILE,
    MOST_COLUMNS,
    MOST_LINES,
    Cell,
    SheetRefused,
    plain,
)

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # .xls of old, or an .xlsx with a password
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, with its number in the file as staff see it (from 1)."""

    number: int
    cells: tuple[Cell, ...]


def read_sheet(data: bytes) -> list[Line]:
    """The lines that hold something: of the first visible sheet with content of an .xlsx, or of a
    CSV in UTF-8, UTF-16 or GB18030. A merged range holds its value in each of its cells; formulas
    give the value they had. Raises SheetRefused.
    """
    if len(data) > LARGEST_FILE:
        raise SheetRefused("sheets.too_large", most=LARGEST_FILE // 1024**2)
    if data.startswith(_OLE):
        raise SheetRefused("sheets.old_excel")
    lines = _of_book(data) if data.startswith(_ZIP) else _of_csv(_text(data))
    if not lines:
        raise SheetRefused("sheets.empty")
    return lines


def _of_book(data: bytes) -> list[Line]:
    inspect(data)
    try:
        return _first_table(data)
    except SheetRefused:
        raise
    except Exception as error:  # openpyxl names no errors of its own for broken XML
        raise SheetRefused("sheets.no_table") from error


def _first_table(data: bytes) -> list[Line]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl leaves out
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    lines = _filled(_of_sheet(sheet), merged(data, sheet._worksheet_path))
                    if lines:
                        return lines
        finally:
            book.close()
    return []


def _of_sheet(sheet: ReadOnlyWorksheet) -> list[Line]:
    sheet.reset_dimensions()  # files of other programs tell them wrongly
    lines = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        found = [None if it.data_type == "e" else plain(it.value) for it in row]
        if any(cell is not None for cell in found):
            lines.append(_line(number, found))
        _may_go_on(lines, number)
    return lines


def _filled(lines: list[Line], spans: list[Span]) -> list[Line]:
    cells = {line.number: list(line.cells) for line in lines}
    for span in spans:
        top = cells.get(span.first_line, [])
        if span.first_column <= len(top) and top[span.first_column - 1] is not None:
            _spread(cells, span, top[span.first_column - 1])
    return [Line(number, tuple(cells[number])) for number in sorted(cells)]


def _spread(cells: dict[int, list[Cell]], span: Span, value: Cell) -> None:
    width = min(span.last_column, MOST_COLUMNS)
    for number in range(span.first_line, min(span.last_line, MOST_LINES) + 1):
        if number in cells:
            row = cells[number]
            row += [None] * (width - len(row))
            row[span.first_column - 1 : width] = [value] * (width - span.first_column + 1)


def _text(data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused("sheets.encoding")


def _of_csv(text: str) -> list[Line]:
    lines: list[Line] = []
    for number, row in _records(text):
        found = [plain(cell) for cell in row]
        if any(cell is not None for cell in found):
            lines.append(_line(number, found))
        _may_go_on(lines, len(lines))
    return lines


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    while True:
        number = reader.line_num + 1  # a record may go over several lines
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise SheetRefused("sheets.broken_csv", line=number) from None


def _delimiter(text: str) -> str:
    """What stands in most of the first lines."""
    head = text[:10_000].splitlines()[:20]
    return max(_DELIMITERS, key=lambda it: sum(it in line for line in head))


def _line(number: int, found: list[Cell]) -> Line:
    while found and found[-1] is None:
        found.pop()
    if len(found) > MOST_COLUMNS:
        raise SheetRefused("sheets.too_wide", most=MOST_COLUMNS, line=number)
    return Line(number, tuple(found))


def _may_go_on(lines: list[Line], seen: int) -> None:
    # Empty lines count for less: a sheet may have a format down to its last line.
    if len(lines) > MOST_LINES or seen > 10 * MOST_LINES:
        raise SheetRefused("sheets.too_long", most=MOST_LINES)
