"""From a database URL to connections that behave as the hotline needs them to."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.records.columns import dump_json

BUSY = 10.0  # seconds that a writer of SQLite waits for another one
CACHE = -16_000  # of SQLite, a connection: negative in KiB, positive in pages
# Pages in SQLite's log before it is carried into the file: the same pages are written again and
# again, and Redis waits for the same disk.
LOGGED = 8_000
CONNECT = 5.0  # seconds to reach PostgreSQL
COMMAND = 15.0  # seconds for one command of PostgreSQL: a dead network must not hold us for ever

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class _Connection(sqlite3.Connection):
    """Closing it ends its transaction at once.

    SQLite itself keeps the transaction, and its lock, for as long as a cursor lives; the cursor of
    a cancelled task lives until the garbage is collected, and nobody else could write till then.
    """

    def close(self) -> None:
        """Roll back what was not committed and close."""
        try:
            if self.in_transaction:
                self.rollback()
        finally:
            super().close()


class DatabaseUnusable(Exception):
    """The database cannot be used; why, in one sentence for the operator and without secrets."""


def address_of(url: str) -> URL:
    """The URL with the driver we use. Raises DatabaseUnusable."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        # `from None`: the error may quote the URL, and with it the password.
        raise DatabaseUnusable("The database URL cannot be read.") from None
    driver = _DRIVERS.get(address.drivername)
    if driver is None:
        raise DatabaseUnusable("The database URL must begin with sqlite:/// or postgresql://.")
    if driver.startswith("sqlite") and address.database in (None, "", ":memory:"):
        raise DatabaseUnusable("The database URL must name a file, as sqlite:///var/hotline.db.")
    # libpq, and with it most hosters' URLs, says sslmode for what asyncpg calls ssl.
    query = {("ssl" if key == "sslmode" else key): value for key, value in address.query.items()}
    return address.set(drivername=driver, query=query)


def name_of(address: URL) -> str:
    """The database without who may use it, for messages."""
    if address.get_backend_name() == "sqlite":
        return f"The database {address.database}"
    host = (address.host or "").rpartition("@")[2]  # an unescaped @ in a password ends up here
    return f"The database {address.database} at {host or address.query.get('host', 'localhost')}"


def engine_for(address: URL, command: float | None = COMMAND) -> AsyncEngine:
    """An engine; nothing is connected yet. Creates the folder of a SQLite file (OSError).

    `command`: seconds that one command of PostgreSQL may take.
    """
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    settings = {
        "timeout": CONNECT,
        "command_timeout": command,
        "server_settings": {"application_name": "hotline"},
    }
    # The ping makes a restart of PostgreSQL cost a reconnect, not a failed write.
    return _engine(address, settings, pool_pre_ping=True)


def _engine(
    address: URL, settings: Mapping[str, object], *, pool_pre_ping: bool = False
) -> AsyncEngine:
    return create_async_engine(
        address,
        connect_args=dict(settings),
        pool_pre_ping=pool_pre_ping,
        hide_parameters=True,  # errors are logged, what visitors said is not
        json_serializer=dump_json,
        json_deserializer=orjson.loads,
    )


def _sqlite(address: URL) -> AsyncEngine:
    folder = Path(address.database or "").parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what visitors said is nobody else's
    engine = _engine(address, {"timeout": BUSY, "factory": _Connection})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a commit outlives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = {CACHE}")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {LOGGED}")
    cursor.close()
