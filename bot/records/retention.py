"""Forgets what has been kept as long as visitors were told: what was said after a short time, the
records of the service after a long one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, Table, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.days import day_of
from bot.records.inserts import table_of
from bot.records.summaries import Summaries
from bot.records.tables import (
    ApplicationRow,
    ConsentRow,
    FeedbackRow,
    FollowUpRow,
    MessageRow,
    OfferRow,
    OpeningRow,
    PushRow,
    RecipientRow,
    SeekerRow,
    ServiceRow,
    TicketRow,
    UnansweredRow,
    VisitorRow,
    WishRow,
)
from bot.records.tallies import keep_for_good
from dialogs.work import OpeningState

RECORDS_KEPT = timedelta(days=1095)  # 网络招聘服务管理规定: three years after the service has ended

_SAID = (MessageRow, UnansweredRow)
_DONE_FOR = (WishRow, OfferRow, PushRow, ApplicationRow, FollowUpRow, ServiceRow)
_OVER = (OpeningState.FILLED.value, OpeningState.CLOSED.value)


class Retention:
    """What is too old: chat content by its age; the records by the last thing that happened."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        kept: timedelta,
        clock: Callable[[], datetime],
        records_kept: timedelta = RECORDS_KEPT,
    ) -> None:
        """`kept`: how long what was said is kept; `records_kept`: the ledger, consents, tickets,
        verdicts, openings that are over, and that a visitor was here."""
        self._sessions = sessions
        self._kept = kept
        self._records_kept = records_kept
        self._clock = clock

    async def purge(self, *, dry_run: bool = False) -> dict[str, int]:
        """Delete what is too old; how many rows of each table. `dry_run`: only count them. What
        the conversations came to is tallied before."""
        gone: dict[str, int] = {}
        last = day_of(self._clock() - self._kept)
        if not dry_run:
            await Summaries(self._sessions).renew_all(last)
        async with self._sessions.begin() as session:
            if not dry_run:
                await keep_for_good(session, last)
            connection = await session.connection()
            for table, is_old in self._old():
                if dry_run:
                    count = select(func.count()).select_from(table).where(is_old)
                    gone[table.name] = await session.scalar(count) or 0
                else:
                    found = await connection.execute(delete(table).where(is_old))
                    gone[table.name] = found.rowcount
        return {name: rows for name, rows in gone.items() if rows}

    def _old(self) -> Iterator[tuple[Table, ColumnElement[bool]]]:
        """What is too old in each table, in the order in which it can be told."""
        now = self._clock()
        for row in _SAID:
            table = table_of(row)
            yield table, table.c.at < now - self._kept
        sent = table_of(RecipientRow)
        yield sent, sent.c.push_id.is_not(None) & (sent.c.done_at < now - self._kept)
        yield from _old_records(now - self._records_kept)


def _old_records(before: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    seekers = table_of(SeekerRow)
    is_old = _is_forgotten(before)
    old = select(seekers.c.id).where(is_old).scalar_subquery()
    for row in _DONE_FOR:
        number = table_of(row).c.seeker_id
        # Whoever was deleted while something was done for them has left it behind.
        yield table_of(row), or_(number.in_(old), number.not_in(select(seekers.c.id)))
    kept = select(seekers.c.urn).where(~is_old).scalar_subquery()
    yield from _old_of_visitors(before, kept)
    yield seekers, is_old
    yield table_of(OpeningRow), _is_over(before)


def _old_of_visitors(
    before: datetime, kept: ScalarSelect[str]
) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    tickets, feedback = table_of(TicketRow), table_of(FeedbackRow)
    yield tickets, tickets.c.opened_at < before
    yield feedback, feedback.c.at < before
    consents, visitors = table_of(ConsentRow), table_of(VisitorRow)
    yield consents, (consents.c.at < before) & consents.c.urn.not_in(kept)
    yield visitors, (visitors.c.last_seen < before) & visitors.c.urn.not_in(kept)


def _is_forgotten(before: datetime) -> ColumnElement[bool]:
    """Nothing has happened to the seeker since."""
    seeker = table_of(SeekerRow).c
    served = select(ServiceRow.seeker_id).where(ServiceRow.at >= before)
    applied = select(ApplicationRow.seeker_id).where(ApplicationRow.updated_at >= before)
    is_quiet = seeker.id.not_in(served) & seeker.id.not_in(applied)
    return (seeker.updated_at < before) & is_quiet


def _is_over(before: datetime) -> ColumnElement[bool]:
    """The opening ended then, and nobody's card needs it."""
    opening = table_of(OpeningRow).c
    is_free = opening.id.not_in(select(ApplicationRow.opening_id))
    return opening.state.in_(_OVER) & (opening.updated_at < before) & is_free
