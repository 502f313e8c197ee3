"""Wishes: the work each seeker wants, one wish a seeker, changed in place."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.inserts import insert
from bot.records.tables import WishRow
from dialogs.work import PayUnit, Wish, WorkType


class WishState(StrEnum):
    """Whether openings are looked for."""

    ACTIVE = "active"
    PLACED = "placed"  # it has come true
    WITHDRAWN = "withdrawn"


def wish_in(row: WishRow, age: int | None) -> Wish:
    """The wish that a row holds; the age stands with the seeker."""
    return Wish(
        occupations=tuple(row.occupations),
        counties=tuple(row.counties),
        towns=tuple(row.towns),
        away=tuple(row.away),
        pay_min=row.pay_min,
        pay_unit=None if row.pay_unit is None else PayUnit(row.pay_unit),
        work_type=None if row.work_type is None else WorkType(row.work_type),
        housing=row.housing,
        meals=row.meals,
        hours=row.hours,
        age=age,
        training=row.training,
    )


async def keep_wish(session: AsyncSession, seeker: int, wish: Wish, at: datetime) -> None:
    """Make it the seeker's wish, active and not matched yet, inside the caller's transaction."""
    values = {
        "seeker_id": seeker,
        **_columns(wish),
        "state": WishState.ACTIVE.value,
        "confirmed_at": at,
        "found": None,
        "matched_at": None,
    }
    connection = await session.connection()
    statement = insert(connection.dialect.name, WishRow)
    new = {name: statement.excluded[name] for name in values if name != "seeker_id"}
    upsert = statement.on_conflict_do_update(index_elements=["seeker_id"], set_=new)
    await connection.execute(upsert, values)


async def wish_row(session: AsyncSession, seeker: int) -> WishRow | None:
    """The row of a seeker's wish, if they ever had one."""
    found = await session.scalars(select(WishRow).where(WishRow.seeker_id == seeker))
    return found.one_or_none()


def _columns(wish: Wish) -> dict[str, object]:
    return {
        "occupations": list(wish.occupations),
        "counties": list(wish.counties),
        "towns": list(wish.towns),
        "away": list(wish.away),
        "pay_min": wish.pay_min,
        "pay_unit": None if wish.pay_unit is None else wish.pay_unit.value,
        "work_type": None if wish.work_type is None else wish.work_type.value,
        "housing": wish.housing,
        "meals": wish.meals,
        "hours": wish.hours,
        "training": wish.training,
    }
