"""A statement that is written many times over: compiled once, and its values cleaned here.

SQLAlchemy takes as long to prepare each row as the database takes to write it. SQLite is given all
rows as one JSON text: row by row, its thread would wait for the busy interpreter before each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson
from sqlalchemy import Dialect, Update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler

from bot.records.inserts import Insert

Cleaner = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """One place for a value in the statement."""

    name: str
    clean: Cleaner | None  # as the column's type does
    fixed: object  # the value, where the statement itself gives it

    def column(self, rows: Sequence[Mapping[str, object]]) -> list[object]:
        """What stands at this place in each of the rows."""
        name, fixed = self.name, self.fixed
        raw = [row.get(name, fixed) for row in rows]
        return raw if self.clean is None else list(map(self.clean, raw))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver takes it."""

    _sql: str
    _places: tuple[_Place, ...]
    _takes_all: bool  # as one JSON text, an array of rows

    @classmethod
    def of(cls, statement: Insert | Update, dialect: Dialect, columns: Iterable[str]) -> Prepared:
        """`columns`: the names of the values of each row. An UPDATE is given no row of the table
        twice at once."""
        names = list(columns)
        keys = names if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        order = compiled.positiontup
        assert order is not None
        assert not compiled.insert_prefetch  # a default would have to be filled in
        is_sqlite = dialect.name == "sqlite"
        return cls(
            _of_all(str(compiled)) if is_sqlite else str(compiled),
            tuple(
                _Place(name, _cleaner(compiled, name, dialect), compiled.params.get(name))
                for name in order
            ),
            is_sqlite,
        )

    async def write(
        self, connection: AsyncConnection, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Run it with each of the rows; a value that a row lacks is the statement's own."""
        values = list(zip(*(place.column(rows) for place in self._places), strict=True))
        if self._takes_all:
            await connection.exec_driver_sql(self._sql, (orjson.dumps(values).decode(),))
        else:
            await connection.exec_driver_sql(self._sql, values)


def _of_all(sql: str) -> str:
    """SQLite's INSERT or UPDATE of one row as one of all rows of a JSON array."""
    numbers = count()

    def numbered(part: str) -> str:
        first, *others = part.split("?")
        return first + "".join(
            f"json_extract(it.value, '$[{next(numbers)}]'){other}" for other in others
        )

    if sql.startswith("INSERT"):
        into, _, rest = sql.partition(" VALUES (")
        places, _, conflict = rest.partition(")")
        assert "?" not in conflict  # it sees the table's row and the new one only
        return f"{into} SELECT {numbered(places)} FROM json_each(?) AS it WHERE true{conflict}"
    change, _, which = sql.partition(" WHERE ")
    return f"{numbered(change)} FROM json_each(?) AS it WHERE {numbered(which)}"


def _cleaner(compiled: SQLCompiler, name: str, dialect: Dialect) -> Cleaner | None:
    kind = compiled.binds[name].type.dialect_impl(dialect)
    cleaner: Cleaner | None = kind.bind_processor(dialect)
    return cleaner
