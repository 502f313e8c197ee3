"""The database opens, comes up to date, and says how it is."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import stat
import sys
import traceback
from asyncio.subprocess import PIPE
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.records.database import DOWN, Database, DatabaseUnusable
from bot.records.migrations import LATEST
from bot.records.tables import Row

from .postgres import Postgres

OPEN = """
import asyncio, sys
from bot.records.database import Database
async def main():
    database = await Database.open(sys.argv[1])
    await database.close()
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


async def test_an_opened_database_reads_and_writes(database: Database) -> None:
    await database.ping()
    assert await database.may_write()


async def test_the_migrations_lead_to_the_tables_of_the_program(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _: kind != "table" or "message_words" not in name,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Row.metadata))

    async with database.sessions() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_opening_again_keeps_what_is_there(url: str) -> None:
    for _ in range(2):
        database = await Database.open(url)
        async with database.sessions.begin() as session:
            row = "'k', 'u', 'a', :useful, '2026-03-02 08:00:00'"
            columns = "key, urn, about, useful, at"
            keep = f"INSERT INTO feedback ({columns}) VALUES ({row}) ON CONFLICT DO NOTHING"
            await session.execute(text(keep), {"useful": True})
            assert await session.scalar(text("SELECT count(*) FROM feedback")) == 1
        await database.close()


async def test_processes_that_start_at_once_migrate_once(url: str) -> None:
    command = (sys.executable, "-W", "error", "-c", OPEN, url)
    pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE, "cwd": Path(__file__).parents[2]}
    processes = [await asyncio.create_subprocess_exec(*command, **pipes) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert told == [(b"", b"")] * 3
    assert [process.returncode for process in processes] == [0] * 3


async def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    database = await Database.open(url)
    async with database.sessions.begin() as session:
        made = {*Row.metadata.tables, "alembic_version", "message_words"}
        for table in made - {"unanswered"}:
            await session.execute(text(f"DROP TABLE {table}"))  # "unanswered" is in the way
    with pytest.raises(DatabaseUnusable, match="unanswered"):
        await Database.open(url)
    async with database.sessions() as session:
        connection = await session.connection()
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert [name for name in tables if not name.startswith("sqlite_")] == ["unanswered"]
    await database.close()


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    database = await Database.open(url)
    async with database.sessions.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    with pytest.raises(DatabaseUnusable, match="newer version of this program"):
        await Database.open(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("hotline.db", "cannot be read"),
        ("postgresql://hotline:geheim@host:port/x", "cannot be read"),
        ("mysql://hotline:geheim@127.0.0.1/x", "must begin with sqlite:/// or postgresql://"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:////dev/null/hotline.db", "/dev/null/hotline.db cannot be used: "),
        ("sqlite:////dev", "The database /dev cannot be used: unable to open database file."),
        ("postgresql://hotline:geheim@127.0.0.1:1/x", "x at 127.0.0.1 cannot be used: Connect"),
        ("postgresql://hotline:ge@heim@127.0.0.1:1/x", "x at 127.0.0.1 cannot be used: "),
        ("postgresql://hotline:geheim@127.0.0.1:1/x?colour=red", "unexpected .* 'colour'"),
    ],
)
async def test_a_url_that_leads_nowhere_is_told_in_one_sentence(url: str, why: str) -> None:
    with pytest.raises(DatabaseUnusable, match=why) as refused:
        await Database.open(url)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "heim" not in "".join(traceback.format_exception(refused.value))


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("致求职者的一封信" * 100)
    with pytest.raises(DatabaseUnusable, match="file is not a database"):
        await Database.open(f"sqlite:///{letter}")
    assert letter.read_text() == "致求职者的一封信" * 100


async def test_a_database_that_is_not_there_is_told_by_postgresql(postgres: Postgres) -> None:
    with pytest.raises(DatabaseUnusable, match='database "nowhere" does not exist'):
        await Database.open(f"postgresql://postgres@/nowhere?host={postgres.folder}")


async def test_the_urls_of_hosters_are_understood(postgres_url: str) -> None:
    spelled = postgres_url.replace("postgresql://", "postgres://") + "&sslmode=disable"
    database = await Database.open(spelled)
    assert await database.may_write()
    await database.close()


async def test_sqlite_survives_a_power_cut_and_is_for_our_eyes_only(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url)
    async with database.sessions() as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [await session.scalar(text(f"PRAGMA {name}")) for name in pragmas]
    await database.close()
    assert found == ["wal", 2, 1, 10_000]  # synchronous 2: FULL
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_full_disk_may_not_be_written(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))  # bytes a file may have
    try:
        assert not await database.may_write()
        await database.ping()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert await database.may_write()
    await database.close()


async def test_asking_whether_it_may_write_leaves_no_trace(database: Database) -> None:
    async def tables() -> set[str]:
        async with database.sessions() as session:
            connection = await session.connection()
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    before = await tables()
    assert await asyncio.gather(*(database.may_write() for _ in range(5))) == [True] * 5
    assert await tables() == before


async def test_a_locked_sqlite_may_not_be_written(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert not await database.may_write()
    await database.ping()  # reading goes on
    other.execute("ROLLBACK")
    assert await database.may_write()
    async with database.sessions() as session:
        assert await session.scalar(text("PRAGMA busy_timeout")) == 10_000
        assert await session.scalar(text("PRAGMA cache_size")) == -16_000
    other.close()
    await database.close()


async def test_a_read_only_postgresql_may_not_be_written(
    postgres: Postgres, postgres_url: str
) -> None:
    database = await Database.open(postgres_url)
    await postgres.execute(
        f"ALTER DATABASE {postgres.name_of(postgres_url)} SET default_transaction_read_only = on"
    )
    await postgres.hang_up(postgres_url)
    assert not await database.may_write()
    await database.ping()
    await database.close()


async def test_a_restarted_postgresql_is_found_again(postgres: Postgres, postgres_url: str) -> None:
    database = await Database.open(postgres_url)
    await database.ping()
    await postgres.hang_up(postgres_url)
    await database.ping()
    await database.close()


async def test_a_lost_postgresql_is_down(postgres: Postgres, postgres_url: str) -> None:
    database = await Database.open(postgres_url)
    await postgres.execute(f"DROP DATABASE {postgres.name_of(postgres_url)} WITH (FORCE)")
    assert not await database.may_write()
    with pytest.raises(DOWN):
        await database.ping()
    await database.close()


def test_the_last_step_is_named_where_start_up_looks_for_it() -> None:
    steps = sorted((files("bot.records.migrations") / "versions").iterdir(), key=lambda it: it.name)
    last = [step.name for step in steps if step.name.endswith(".py")][-1]
    assert last.partition("_")[0] == LATEST
