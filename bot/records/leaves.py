"""A long list a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
U = TypeVar("U")

LAST = 200  # page: whoever looks for more narrows the list
MOST_COUNTED = 10_000  # rows; what is more is told as more


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """One page; `number` counts from 1."""

    rows: tuple[T, ...]
    total: int  # never more than MOST_COUNTED + 1
    number: int
    has_next: bool

    @property
    def is_counted(self) -> bool:
        """Whether `total` is all of them."""
        return self.total <= MOST_COUNTED

    def of(self, rows: Iterable[U]) -> Leaf[U]:
        """The same page with its rows made into something else."""
        return Leaf(tuple(rows), self.total, self.number, self.has_next)


async def leaf(
    session: AsyncSession, wanted: Select[*tuple[Any, ...]], number: int, size: int
) -> Leaf[Any]:
    """The page of what is wanted, in its order."""
    number = max(1, min(number, LAST))
    first = wanted.order_by(None).limit(MOST_COUNTED + 1).subquery()
    total = await session.scalar(select(func.count()).select_from(first))
    found = await session.execute(wanted.offset((number - 1) * size).limit(size + 1))
    rows = [tuple(row) for row in found]
    return Leaf(tuple(rows[:size]), total or 0, number, number < LAST and len(rows) > size)
