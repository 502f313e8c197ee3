"""A statement that is written many times over: compiled once, and its values cleaned here.

SQLAlchemy takes as long to prepare each row as the database takes to write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Update
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

    sql: str
    _places: tuple[_Place, ...]

    @classmethod
    def of(cls, statement: Insert | Update, dialect: Dialect, columns: Iterable[str]) -> Prepared:
        """`columns`: the names of the values of each row."""
        names = list(columns)
        keys = names if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        order = compiled.positiontup
        assert order is not None
        assert not compiled.insert_prefetch  # a default would have to be filled in
        return cls(
            str(compiled),
            tuple(
                _Place(name, _cleaner(compiled, name, dialect), compiled.params.get(name))
                for name in order
            ),
        )

    def values(self, rows: Sequence[Mapping[str, object]]) -> list[tuple[object, ...]]:
        """The rows as the driver takes them; a value that a row lacks is the statement's own."""
        return list(zip(*(place.column(rows) for place in self._places), strict=True))


def _cleaner(compiled: SQLCompiler, name: str, dialect: Dialect) -> Cleaner | None:
    kind = compiled.binds[name].type.dialect_impl(dialect)
    cleaner: Cleaner | None = kind.bind_processor(dialect)
    return cleaner
