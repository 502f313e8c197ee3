"""Databases with every table and nothing in them: made once in a run, copied for each test."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from bot.records.database import Database
from bot.records.migrations import upgrade


@cache
def empty_sqlite() -> bytes:
    """The file of one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hotline.db"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()
        return file.read_bytes()


def empty_in(folder: Path) -> str:
    """The URL of one in `folder`, as hotline.db."""
    file = folder / "hotline.db"
    file.write_bytes(empty_sqlite())
    return f"sqlite:///{file}"


@asynccontextmanager
async def database_in(folder: Path) -> AsyncIterator[Database]:
    """One in `folder`, as hotline.db."""
    database = await Database.open(empty_in(folder))
    try:
        yield database
    finally:
        await database.close()
