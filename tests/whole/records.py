"""What the service has written down, read from outside."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

JSON_COLUMNS = ("policies", "evidence", "buttons")

Row = dict[str, Any]


class Records:
    """The SQLite file of a service that may be running."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def rows(self, table: str, urn: str) -> list[Row]:
        """Every row of one visitor, in the order they were written."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            found = database.execute(f"SELECT * FROM {table} WHERE urn = ? ORDER BY id", [urn])
            return [_read(row) for row in found]

    def urns(self) -> list[str]:
        """Every visitor."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
            return [urn for (urn,) in database.execute("SELECT urn FROM visitors")]

    def said(self, urn: str) -> list[Row]:
        return [row for row in self.rows("messages", urn) if row["direction"] == "said"]

    def heard(self, urn: str) -> list[Row]:
        return [row for row in self.rows("messages", urn) if row["direction"] == "heard"]


def _read(row: sqlite3.Row) -> Row:
    return {
        name: json.loads(row[name]) if name in JSON_COLUMNS and row[name] else row[name]
        for name in row.keys()  # noqa: SIM118 -- a Row iterates over its values
    }


async def until(is_so: Callable[[], object], within: float = 60.0) -> None:
    """Wait for what another process brings about; TimeoutError when it does not."""
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.03)
