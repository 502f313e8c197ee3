"""A file of openings taken in: every line below its heading is accounted for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from bot.jobs.fields import Problem
from bot.jobs.postings import OFFERED_FOR, Posted, Postings, Refused, Table
from bot.records.opening_rows import key_of, values_of
from bot.records.openings import Fate, Kept
from bot.records.scope import EVERYWHERE, Scope
from bot.sheets import read_sheet
from dialogs.work import Opening, OpeningState

REFUSED = "refused"
REPEATED = "repeated"  # the heading over again
_ALIVE = (OpeningState.OPEN, OpeningState.HELD)


class Store(Protocol):
    """Where openings are kept."""

    async def keep(
        self, openings: Sequence[Opening], source: str | None = None, *, is_trial: bool = False
    ) -> list[Kept]:
        """One fate each, in order."""
        ...

    async def known(self, keys: Sequence[str]) -> dict[str, Opening]:
        """The openings of these keys."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one line: new, updated, same, refused, or repeated."""

    line: int
    fate: str
    opening: Opening | None = None  # with its number
    problems: tuple[Problem, ...] = ()  # why it was refused, or what staff may want to mend


@dataclass(frozen=True, slots=True)
class Account:
    """Every line of a file, in order."""

    entries: tuple[Entry, ...]

    def count(self, fate: str) -> int:
        """How many lines had that fate."""
        return Counter(entry.fate for entry in self.entries)[fate]

    @property
    def doubtful(self) -> list[Entry]:
        """The openings with flags: staff should look at their wording."""
        return [it for it in self.entries if it.opening is not None and it.opening.flags]


class Intake:
    """Takes files of openings in."""

    def __init__(self, postings: Postings, store: Store) -> None:
        self._postings = postings
        self._store = store

    async def take(
        self,
        data: bytes,
        source: str,
        today: date,
        *,
        county: str | None = None,
        is_trial: bool = False,
        example: bool = False,
        scope: Scope = EVERYWHERE,
    ) -> Account:
        """Read an Excel or CSV file and keep its openings; a trial keeps nothing. `county`: of the
        rows that name no place. What lies outside of `scope` is refused. Raises SheetRefused, and
        then nothing was kept."""
        table = await asyncio.to_thread(self._read, data, today, county, example)
        table = _within(table, scope)
        unique, twins = _told_apart(table.posted)
        dated = await self._dated(unique, today)
        kept = await self._store.keep([it.opening for it in dated], source, is_trial=is_trial)
        entries = [*_entries(dated, kept, twins), *_left_out(table)]
        return Account(tuple(sorted(entries, key=lambda entry: entry.line)))

    def _read(self, data: bytes, today: date, county: str | None, example: bool) -> Table:
        return self._postings.read(read_sheet(data), today, county, example=example)

    async def _dated(self, posted: Sequence[Posted], today: date) -> list[Posted]:
        """A table without dates, taken in again, makes nothing newer than it was; what is still
        offered is offered for longer."""
        undated = [key_of(it.opening) for it in posted if not it.has_own_dates]
        known = await self._store.known(undated)
        return [it if it.has_own_dates else _as_known(it, known, today) for it in posted]


def _as_known(posted: Posted, known: Mapping[str, Opening], today: date) -> Posted:
    old = known.get(key_of(posted.opening))
    if old is None:
        return posted
    expires = posted.opening.expires
    if old.state not in _ALIVE and expires == today + OFFERED_FOR:
        expires = old.expires
    return replace(
        posted, opening=replace(posted.opening, published=old.published, expires=expires)
    )


def _within(table: Table, scope: Scope) -> Table:
    inside, outside = [], list(table.refused)
    for it in table.posted:
        if scope.covers(it.opening.county, it.opening.town):
            inside.append(it)
        else:
            outside.append(Refused(it.line, (Problem("openings.elsewhere"),)))
    return Table(inside, outside, table.repeated)


def _told_apart(posted: Sequence[Posted]) -> tuple[list[Posted], list[tuple[Posted, Posted]]]:
    """Those that differ, and (twin, first) for those that are the same opening as one before."""
    first: dict[str, Posted] = {}
    twins = []
    for it in posted:
        other = first.setdefault(key_of(it.opening), it)
        if other is not it:
            twins.append((it, other))
    return list(first.values()), twins


def _entries(
    posted: Sequence[Posted], kept: Sequence[Kept], twins: Sequence[tuple[Posted, Posted]]
) -> list[Entry]:
    entries = []
    numbers = {}
    for it, one in zip(posted, kept, strict=True):
        opening = replace(it.opening, number=one.number)
        numbers[it.line] = one.number
        entries.append(Entry(it.line, one.fate, opening, it.notes))
    for it, other in twins:
        entries.append(_twin(it, other, numbers[other.line]))
    return entries


def _twin(posted: Posted, other: Posted, number: int) -> Entry:
    if values_of(posted.opening) == values_of(other.opening):
        return Entry(posted.line, Fate.SAME, replace(posted.opening, number=number))
    problem = Problem("openings.twin", {"line": other.line})
    return Entry(posted.line, REFUSED, None, (problem,))


def _left_out(table: Table) -> list[Entry]:
    refused = [_refusal(it) for it in table.refused]
    return refused + [Entry(line, REPEATED) for line in table.repeated]


def _refusal(refused: Refused) -> Entry:
    return Entry(refused.line, REFUSED, None, refused.reasons)
