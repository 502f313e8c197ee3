"""What a cell may hold, and how much of it; what a file is refused for."""

from __future__ import annotations

from datetime import date, datetime, time
from math import isfinite

Cell = str | int | float | bool | date | datetime | time | None

LARGEST_FILE = 5 * 1024 * 1024  # bytes
MOST_LINES = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 4000  # characters; what is longer is cut
MOST_ENTRIES = 300  # files inside an .xlsx
LARGEST_INSIDE = 64 * 1024 * 1024  # bytes of all of them, unpacked


class SheetRefused(Exception):
    """A file that cannot be taken as a table; `words` is a key of content/replies/sheets.yaml that
    tells staff why and what to do, rendered with `facts`."""

    def __init__(self, words: str, **facts: object) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts


def plain(value: object) -> Cell:
    """The cell's value: text trimmed, cut and without NUL; None for what is empty or unknown."""
    match value:
        case str():
            return value[:LONGEST_CELL].replace("\0", "").strip() or None
        case float() if not isfinite(value):
            return None
        case bool() | int() | float() | datetime() | date() | time():
            return value
        case _:
            return None
