"""The database: opened, brought up to date, and asked how it is.

SQLite in one file or PostgreSQL, as the URL says. A store raises one of DOWN when the database
fails it; what it was asked to do may or may not have happened, and may be asked again.
"""

from __future__ import annotations

from typing import Final

import asyncpg
from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from bot.records.engines import BUSY, CACHE, DatabaseUnusable, address_of, engine_for, name_of
from bot.records.migrations import UnknownVersion, upgrade

DOWN: Final = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_PATIENCE = 1.0  # seconds that `may_write` waits for another writer of SQLite
_MIGRATING = 164_000_001  # names our lock; nobody else in the same PostgreSQL may use it
# A megabyte, more than the longest line of a transcript, so that a full disk is noticed.
_PROBES = {
    "sqlite": "CREATE TABLE probe AS SELECT zeroblob(1000000) AS filler",
    "postgresql": "CREATE TABLE probe AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)",
}


class Database:
    """A database whose tables are those of this version."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            engine, expire_on_commit=False
        )

    @classmethod
    async def open(cls, url: str) -> Database:
        """Connect and bring the tables up to date. Raises DatabaseUnusable."""
        address = address_of(url)
        try:
            await _migrate(address)
            return cls(engine_for(address))
        except (*DOWN, UnknownVersion, TypeError, ValueError) as error:
            raise _unusable(address, error) from error

    async def ping(self) -> None:
        """Read something. Raises one of DOWN when that is not possible."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))

    async def may_write(self) -> bool:
        """Whether a write would be taken now: a large one is made and undone (milliseconds)."""
        try:
            async with self._engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    await _probe_sqlite(connection)
                else:
                    await connection.exec_driver_sql(_PROBES["postgresql"])
                    await connection.rollback()
        except DOWN:
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


async def _migrate(address: URL) -> None:
    """One process at a time, all or nothing, and for as long as it takes."""
    engine = engine_for(address, command=None)
    try:
        async with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


async def _probe_sqlite(connection: AsyncConnection) -> None:
    await connection.execution_options(isolation_level="AUTOCOMMIT")
    # What does not fit into so small a cache goes to the disk before it is committed.
    await _set(connection, _PATIENCE, 10)
    try:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            await connection.exec_driver_sql(_PROBES["sqlite"])
        finally:
            await connection.exec_driver_sql("ROLLBACK")
    finally:
        await _set(connection, BUSY, CACHE)


async def _set(connection: AsyncConnection, busy: float, cache: int) -> None:
    await connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(busy * 1000)}")
    await connection.exec_driver_sql(f"PRAGMA cache_size = {cache}")


def _unusable(address: URL, error: BaseException) -> DatabaseUnusable:
    if isinstance(error, UnknownVersion):
        return DatabaseUnusable(f"{name_of(address)} was made by a newer version of this program.")
    while error.__cause__ is not None:  # the driver's own words, below SQLAlchemy's
        error = error.__cause__
    told = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    reason = told.splitlines()[0].rstrip(".")
    return DatabaseUnusable(f"{name_of(address)} cannot be used: {reason}.")
