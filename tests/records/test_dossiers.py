"""Everything about a person can be taken along and deleted, whatever the table."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, TypeDecorator, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pipeline.messages import HeardLine, SaidLine
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.dossiers import NOBODY, Dossiers
from bot.records.feedback import FeedbackBook
from bot.records.followups import FollowUps
from bot.records.inserts import table_of
from bot.records.ledger import Ledger
from bot.records.seekers import Seekers
from bot.records.services import Services
from bot.records.tables import (
    ApplicationRow,
    ConsentRow,
    OfferRow,
    OpeningRow,
    PushRow,
    Row,
    SeekerRow,
)
from bot.records.tickets import Tickets
from bot.records.transcripts import Transcripts
from dialogs.consent import Purpose
from dialogs.work import Wish

from .conftest import Clock

MARK = "甲乙丙丁戊"
ME, OTHER = "web:9f86d081", "telegram:5123456789"


async def plant(database: Database, clock: Clock, urn: str, mark: str = MARK) -> int:
    """Leave the mark in every table that can hold a word about somebody."""
    sessions, at = database.sessions, clock.now.timestamp()
    heard = HeardLine(f"{urn}-1", urn, at, mark, "words")
    said = SaidLine(f"{urn}-1", f"{urn}-1.0", urn, at, mark, [mark], "policy", "declined", [],
                    {"q": mark}, mark)  # fmt: skip
    serial = sum(map(ord, urn))
    await Transcripts(sessions).write([(f"1-{serial}-0", heard), (f"1-{serial}-1", said)])
    await Tickets(sessions, clock).open(urn, mark, f"{urn}t", mark)
    await FeedbackBook(sessions, clock).explain(urn, "e", mark, f"{urn}f")
    consents = ConsentBook(sessions, clock, lambda _: "1")
    await consents.record(urn, Purpose.REGISTER, "1", True, f"{urn}c{mark}")
    await Ledger(sessions, clock).register(urn, Wish(occupations=(mark,), hours=mark), f"{urn}w")
    seekers = Seekers(sessions, clock)
    await seekers.introduce(urn, mark, "13000000000")
    await seekers.categorise(urn, mark, f"{urn}d")
    seeker = await seekers.of(urn)
    assert seeker is not None
    await Services(sessions, clock).add(seeker.number, "noted", {"text": mark}, f"{urn}s", mark)
    await FollowUps(sessions, clock).begin(seeker.number, date(2026, 1, 5), None)
    async with sessions.begin() as session:
        number = seeker.number
        session.add(
            PushRow(key=f"{urn}p", seeker_id=number, at=clock.now, kind="asked", state=mark)
        )
        session.add(OfferRow(push_id=1, seeker_id=number, opening_id=1, digest="d", why=mark,
                             offered_at=clock.now, reasons=[mark], widened=[]))  # fmt: skip
        values = {"state": "new", "shares": False, "opened_at": clock.now, "note": mark}
        session.add(ApplicationRow(seeker_id=number, opening_id=1, updated_at=clock.now, **values))
        await fill_the_rest(session, urn, number, mark, clock.now)
    return number


def kind_of(column: Column[object]) -> type:
    """What the column holds, whatever makes it acceptable on its way in."""
    kind = column.type
    return kind.impl_instance.python_type if isinstance(kind, TypeDecorator) else kind.python_type


async def fill_the_rest(
    session: AsyncSession, urn: str, number: int, mark: str, at: datetime
) -> None:
    """A row in each table about persons that has none yet, whoever's table it is."""
    like = {datetime: at, date: at.date(), str: mark, int: number, bool: True, object: [mark]}
    await session.flush()
    for table in Row.metadata.sorted_tables:
        known = {"urn": urn, "seeker_id": number}
        mine = [table.c[name] == value for name, value in known.items() if name in table.c]
        if not mine or (await session.execute(select(table).where(*mine))).first():
            continue
        values = {it.name: like[kind_of(it)] for it in table.c if not it.primary_key}
        of_person = {name: value for name, value in known.items() if name in table.c}
        await session.execute(table.insert().values(values | of_person))


async def everything(database: Database) -> str:
    """Every cell of every table."""
    async with database.sessions() as session:
        rows = [
            f"{table.name} {dict(row._mapping)}"
            for table in Row.metadata.sorted_tables
            for row in await session.execute(select(table))
        ]
    return "\n".join(rows)


def personal() -> set[str]:
    tables = Row.metadata.sorted_tables
    return {table.name for table in tables if {"urn", "seeker_id"} & set(table.c.keys())}


async def test_a_dossier_has_something_from_every_table(database: Database, clock: Clock) -> None:
    await plant(database, clock, ME)
    await plant(database, clock, OTHER, "别人")
    dossier = await Dossiers(database.sessions).of(ME)
    assert set(dossier) == personal()
    assert "别人" not in str(dossier)
    assert dossier["wishes"][0]["occupations"] == [MARK]


async def test_nothing_is_left_of_who_is_erased(database: Database, clock: Clock) -> None:
    await plant(database, clock, ME)
    await plant(database, clock, OTHER, "别人")
    before = await Dossiers(database.sessions).of(OTHER)
    dossiers = Dossiers(database.sessions)
    assert await dossiers.erase(ME, clock.now) > 10
    left = await everything(database)
    assert MARK not in left
    assert ME not in left
    assert await dossiers.of(ME) == {}
    assert await dossiers.of(OTHER) == before
    assert await dossiers.erase(ME, clock.now) == 0


async def test_consents_stay_as_proof_of_nobody(database: Database, clock: Clock) -> None:
    await plant(database, clock, ME)
    await Dossiers(database.sessions).erase(ME, clock.now)
    async with database.sessions() as session:
        [row] = list(await session.scalars(select(ConsentRow)))
    assert (row.urn, row.purpose, row.given) == (NOBODY, Purpose.REGISTER, True)
    assert ME not in row.key


async def test_what_somebody_does_afterwards_stays(database: Database, clock: Clock) -> None:
    await plant(database, clock, ME)
    ordered = clock.now
    dossiers = Dossiers(database.sessions)
    await dossiers.erase(ME, ordered)
    clock.pass_minutes(2)
    await Ledger(database.sessions, clock).register(ME, Wish(counties=("清河县",)), "again")
    await dossiers.erase(ME, ordered)
    assert await Ledger(database.sessions, clock).wish_of(ME) == Wish(counties=("清河县",))


async def test_a_number_is_never_given_to_somebody_else(database: Database, clock: Clock) -> None:
    number = await plant(database, clock, ME)
    await Dossiers(database.sessions).erase(ME, clock.now)
    assert await plant(database, clock, OTHER) > number


async def test_the_file_itself_forgets(tmp_path: Path, sqlite_url: str, clock: Clock) -> None:
    database = await Database.open(sqlite_url)
    await plant(database, clock, ME)
    await plant(database, clock, OTHER, "别人")
    dossiers = Dossiers(database.sessions)
    await dossiers.erase(ME, clock.now)
    await dossiers.compact()
    await database.close()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "var").glob("hotline.db*"))
    assert "别人".encode() in kept
    assert MARK.encode() not in kept
    assert ME.encode() not in kept


@pytest.mark.parametrize("kind", [SeekerRow, OpeningRow])
def test_numbers_that_people_use_are_not_used_twice(kind: type[Row]) -> None:
    assert table_of(kind).dialect_options["sqlite"]["autoincrement"]


async def test_erasing_looks_no_further_than_its_time(database: Database, clock: Clock) -> None:
    await plant(database, clock, ME)
    early: datetime = clock.now - timedelta(minutes=1)
    assert await Dossiers(database.sessions).erase(ME, early) == 0
