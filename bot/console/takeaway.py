"""Conversations as a file: CSV, Excel or JSON lines, with personal numbers masked."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from bot.clock import ZONE
from bot.console.visit import Download
from bot.masking import masked
from bot.records.conversations import Spoken
from bot.records.talks import Talk
from bot.sheets import Sheet, write_book
from bot.sheets.cells import Cell
from bot.sheets.writing import FORMULA_BEGINS

FORMATS = ("xlsx", "csv", "jsonl")
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
}
COLUMNS = ("conversation", "at", "channel", "county", "who", "text", "script", "outcome",
          "policies", "delivery")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """A conversation with its lines."""

    talk: Talk
    said: Sequence[Spoken]


async def take_away(
    exported: Sequence[Exported], kind: str, titles: Mapping[str, str], now: datetime
) -> Download:
    """The file; nobody is named in it but by the conversation's number. `titles`: of COLUMNS."""
    header = tuple(titles[name] for name in COLUMNS)
    body = await asyncio.to_thread(_write, exported, kind, header)
    name = f"talks-{now.astimezone(ZONE):%Y%m%d-%H%M}.{kind}"
    return Download(name, _TYPES[kind], body)


def _write(exported: Sequence[Exported], kind: str, header: tuple[str, ...]) -> bytes:
    rows = list(_rows(exported))
    match kind:
        case "xlsx":
            return write_book([Sheet("164", header, rows)])
        case "csv":
            return _csv(header, rows)
        case _:
            return b"".join(_json(row) for row in rows)


def _rows(exported: Sequence[Exported]) -> Iterator[tuple[Cell, ...]]:
    for each in exported:
        talk = each.talk
        for it in each.said:
            who = "visitor" if it.is_heard else str(it.evidence.get("staff") or "bot")
            yield (
                talk.number, it.at.astimezone(ZONE), talk.channel, talk.county, who,
                masked(it.text), it.script, it.outcome, " ".join(it.policies), it.delivery,
            )  # fmt: skip


def _csv(header: tuple[str, ...], rows: Sequence[tuple[Cell, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")  # Excel knows UTF-8 by its mark


def _harmless(cell: Cell) -> Cell:
    """No spreadsheet takes it for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(FORMULA_BEGINS)
    return f"'{cell}" if is_formula else cell


def _json(row: tuple[Cell, ...]) -> bytes:
    return orjson.dumps(dict(zip(COLUMNS, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
