"""A dossier as a workbook that a person can read: a sheet a table."""

from __future__ import annotations

from datetime import date, datetime

import orjson

from bot.records.dossiers import Dossier
from bot.sheets import Cell, Sheet, write_book
from bot.words import Words


def book_of(dossier: Dossier, words: Words) -> bytes:
    """The .xlsx; it has a sheet even when nothing is held."""
    sheets = [
        Sheet(
            words.texts.get(f"ledger.table_{name}", name),
            tuple(words.texts.get(f"ledger.field_{column}", column) for column in rows[0]),
            [[_cell(value) for value in row.values()] for row in rows],
        )
        for name, rows in dossier.items()
    ]
    nothing = Sheet(words.say("ledger.table_none"), (words.say("ledger.table_none"),), [])
    return write_book(sheets or [nothing])


def _cell(value: object) -> Cell:
    match value:
        case None | str() | bool() | int() | float() | datetime() | date():
            return value
        case _:
            return orjson.dumps(value).decode()
