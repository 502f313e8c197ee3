"""Excel files for staff: a header that stays in sight, real dates, and text that stays text."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from bot.sheets.cells import Cell

MOST_ROWS = 1_048_575  # what Excel holds below a header
LONGEST_TEXT = 32_767  # characters that Excel holds in a cell
LONGEST_TITLE = 31
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NARROWEST, _WIDEST, _LOOKED_AT = 8, 50, 300
_CHOICE_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet to be written. `choices`: what a column offers to pick from, by its header."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def write_book(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx file with the sheets in their order; at least one. Text that could be taken for a
    formula is kept as text, a time keeps its wall clock and loses its zone."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        title = _title(sheet.title, taken)
        taken.add(title.casefold())
        target = book.create_sheet(title)
        _fill(target, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(target: WriteOnlyWorksheet, sheet: Sheet) -> None:
    if len(sheet.rows) > MOST_ROWS:
        raise ValueError(f"a sheet holds {MOST_ROWS} rows, not {len(sheet.rows)}")
    target.freeze_panes = "A2"
    for number, width in enumerate(_widths(sheet), 1):
        target.column_dimensions[get_column_letter(number)].width = width
    target.append([_heading(target, text) for text in sheet.header])
    for row in sheet.rows:
        target.append([_cell(target, value) for value in row])
    if sheet.header:
        last = get_column_letter(len(sheet.header))
        target.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    for header, values in sheet.choices.items():
        _offer(target, get_column_letter(sheet.header.index(header) + 1), values)


def _heading(target: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = _cell(target, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDEBF0")
    cell.alignment = Alignment(vertical="center")
    return cell


def _cell(target: WriteOnlyWorksheet, value: Cell) -> WriteOnlyCell:
    if isinstance(value, str):
        return _text(target, value)
    if isinstance(value, datetime):
        cell = WriteOnlyCell(target, value=value.replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    cell = WriteOnlyCell(target, value=value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _text(target: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(target, value=_clean(text))
    cell.data_type = "s"
    if text.startswith(FORMULA_BEGINS):
        cell.quotePrefix = True  # or Excel would calculate it as soon as somebody edits the cell
    return cell


def _clean(text: str) -> str:
    text = ILLEGAL_CHARACTERS_RE.sub("", text[:LONGEST_TEXT])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _title(title: str, taken: set[str]) -> str:
    cleaned = _FORBIDDEN.sub(" ", title).strip().strip("'")[:LONGEST_TITLE] or "Sheet"
    candidate, number = cleaned, 1
    while candidate.casefold() in taken or candidate.casefold() == "history":
        number += 1
        candidate = f"{cleaned[: LONGEST_TITLE - 4]}~{number}"
    return candidate


def _widths(sheet: Sheet) -> list[int]:
    columns = [[header, *(row[number] for row in sheet.rows[:_LOOKED_AT] if number < len(row))]
               for number, header in enumerate(sheet.header)]  # fmt: skip
    return [_width(column) for column in columns]


def _width(column: Sequence[Cell]) -> int:
    return min(_WIDEST, max(_NARROWEST, *(_breadth(value) + 3 for value in column)))


def _breadth(value: Cell) -> int:
    if isinstance(value, datetime):
        return 16
    text = "" if value is None else str(value)
    lines = text[:200].split("\n")
    return max(sum(2 if unicodedata.east_asian_width(it) in "WF" else 1 for it in line)
               for line in lines)  # fmt: skip


def _offer(target: WriteOnlyWorksheet, letter: str, values: tuple[str, ...]) -> None:
    """A list to pick from, which does not forbid other words; Excel takes 255 characters."""
    listed = ",".join(values)
    if len(listed) <= 255:
        offered = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
        offered.showErrorMessage = False
        offered.add(f"{letter}2:{letter}{_CHOICE_ROWS}")
        target.data_validations.append(offered)
