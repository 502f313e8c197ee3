"""An .xlsx file looked at from outside, before anything parses it, and which of its cells are
merged."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils.cell import range_boundaries

from bot.sheets.cells import LARGEST_INSIDE, MOST_COLUMNS, MOST_ENTRIES, MOST_LINES, SheetRefused

MOST_MERGED = 5000  # ranges
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)
_DECLARATIONS = tuple(f"<!{name}".encode(how) for name in ("DOCTYPE", "ENTITY")
                      for how in ("utf-8", "utf-16-le", "utf-16-be"))  # fmt: skip
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)\"")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of merged cells; lines and columns counted from 1, the last ones included."""

    first_column: int
    first_line: int
    last_column: int
    last_line: int


def inspect(data: bytes) -> None:
    """Raises SheetRefused for what is no plain workbook: broken, too large unpacked, with macros,
    with links to other files, or with XML that declares entities."""
    with _opened(data) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES or sum(it.file_size for it in entries) > LARGEST_INSIDE:
            raise SheetRefused("sheets.too_large_inside", most=LARGEST_INSIDE // 1024**2)
        names = [entry.filename.lower() for entry in entries]
        if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
            raise SheetRefused("sheets.no_table")
        if any(
            name.endswith(("vbaproject.bin", ".xlm")) or "macrosheets/" in name for name in names
        ):
            raise SheetRefused("sheets.macros")
        if any("externallinks/" in name for name in names):
            raise SheetRefused("sheets.links")
        for body in _read_all(archive):
            if any(declaration in body for declaration in _DECLARATIONS):
                raise SheetRefused("sheets.no_table")


def merged(data: bytes, path: str) -> list[Span]:
    """The merged ranges of the sheet at `path` inside the file."""
    with _opened(data) as archive:
        body = archive.read(path)
    found = [match.decode() for match in _MERGED.findall(body)[:MOST_MERGED]]
    spans = (Span(*_bounds(reference)) for reference in found)
    return [it for it in spans if it.first_line <= MOST_LINES and it.first_column <= MOST_COLUMNS]


def _bounds(reference: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(reference)
    return left or 1, top or 1, right or 1, bottom or 1


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE:
        raise SheetRefused("sheets.no_table") from None


def _read_all(archive: zipfile.ZipFile) -> Iterator[bytes]:
    for entry in archive.infolist():
        try:
            yield archive.read(entry)  # never more than the size it declares
        except _UNREADABLE:
            raise SheetRefused("sheets.no_table") from None
