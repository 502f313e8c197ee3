"""Keeps conversations summed up and their messages to be found: what has changed, by and by.

One process does it for all. What happens to a conversation while it is summed up makes it stale
again: nothing is missed, and doing it twice changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Update, and_, bindparam, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.days import begin_of, day_of, end_of
from bot.records.inserts import insert, table_of
from bot.records.prepared import Prepared
from bot.records.summing import Said, Summary, sum_up
from bot.records.tables import (
    ConversationRow,
    ConversationTagRow,
    Direction,
    FeedbackRow,
    MessageRow,
    Tag,
)
from bot.records.wordbook import Wordbook, entries

AT_ONCE = 200  # conversations
_MESSAGES_AT_ONCE = 4000  # about, in conversations that are read together: they are held in memory
# Changes after which a conversation that does not pause is summed up nevertheless; a long one
# after as many again as it has turns, as it is read from its beginning.
OFTEN = 40
_WORDS_AT_ONCE = 500  # messages that are indexed
_OF_A_TURN = 2  # messages, mostly
MOST_MESSAGES = 5000  # of one conversation that count: more is a machine's

_talks = table_of(ConversationRow)
_tags = table_of(ConversationTagRow)
_messages = table_of(MessageRow)
_feedback = table_of(FeedbackRow)
_OF_SAID = (
    _messages.c.id, _messages.c.event, _messages.c.direction == Direction.HEARD.value,
    _messages.c.at, _messages.c.text, _messages.c.kind, _messages.c.script, _messages.c.outcome,
    _messages.c.policies, _messages.c.evidence["staff"].as_string(), _messages.c.delivery,
)  # fmt: skip
_BY_HAND = (Tag.LABEL.value, Tag.SCORE.value)


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation that is stale."""

    number: int
    urn: str
    day: date
    channel: str
    stale: int


class Summaries:
    """Brings up to date what is stale."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._words = Wordbook()
        self._renewal: Prepared | None = None

    async def renew(
        self, most: int = AT_ONCE, until: date = date.max, quiet_since: datetime | None = None
    ) -> int:
        """Sum up some of what is stale, of days up to `until`; how many. Raises one of DOWN.

        `quiet_since`: leave alone who has spoken since, for a while: they will speak again.
        """
        async with self._sessions() as session:
            talks = await _stale(session, most, until, quiet_since)
            if not talks:
                return 0
            said = await _said_in(session, talks)
            verdicts = await _verdicts(session, talks)
            messages = {it.number: it for each in said.values() for it in each}
            known = await self._words.known(session, messages)
        summed = await asyncio.to_thread(_summed, talks, said, verdicts)
        fresh = [it for number, it in messages.items() if number not in known]
        for start in range(0, len(fresh), _WORDS_AT_ONCE):
            words = await asyncio.to_thread(entries, fresh[start : start + _WORDS_AT_ONCE])
            async with self._sessions.begin() as session:  # not long: the journal waits meanwhile
                await self._words.add(session, words)
        async with self._sessions.begin() as session:
            await self._keep(session, summed)
            await _pass_on(session, talks, said, verdicts)
        return len(talks)

    async def renew_all(self, until: date = date.max) -> int:
        """Until nothing is stale of the days up to `until`; how many."""
        total = 0
        while renewed := await self.renew(until=until):
            total += renewed
        return total

    async def tidy(self) -> None:
        """Let SQLite write the index anew, without traces of what was deleted."""
        async with self._sessions.begin() as session:
            await self._words.tidy(session)

    async def _keep(
        self, session: AsyncSession, summed: Sequence[tuple[_Talk, Summary | None]]
    ) -> None:
        await _drop(session, [it for it, summary in summed if summary is None])
        full = [(it, summary) for it, summary in summed if summary is not None]
        if not full:
            return
        connection = await session.connection()
        rows = [_renewed(it, summary) for it, summary in full]
        if self._renewal is None:
            renew = _renew(full[0][1].columns)
            self._renewal = Prepared.of(renew, connection.dialect, rows[0])
        await self._renewal.write(connection, rows)
        await _keep_tags(session, full)


async def _stale(
    session: AsyncSession, most: int, until: date, quiet_since: datetime | None
) -> list[_Talk]:
    columns = (_talks.c.id, _talks.c.urn, _talks.c.day, _talks.c.channel, _talks.c.stale)
    wanted = select(*columns, _talks.c.turns).where(_talks.c.stale > 0, _talks.c.day <= until)
    if quiet_since is not None:
        wanted = wanted.where(
            or_(_talks.c.until <= quiet_since, _talks.c.stale >= OFTEN + _talks.c.turns)
        )
    found = await session.execute(wanted.order_by(_talks.c.day.desc()).limit(most))
    talks: list[_Talk] = []
    messages = 0
    for *row, turns in found:
        messages += _OF_A_TURN * turns + row[-1]
        if talks and messages > _MESSAGES_AT_ONCE:
            break
        talks.append(_Talk(*row))
    return talks


Conversation = tuple[str, date]  # whose, and of which day


async def _said_in(session: AsyncSession, talks: Sequence[_Talk]) -> dict[Conversation, list[Said]]:
    """The messages of each in their order."""
    found: dict[Conversation, list[Said]] = {(it.urn, it.day): [] for it in talks}
    by_day: defaultdict[date, list[str]] = defaultdict(list)
    for it in talks:
        by_day[it.day].append(it.urn)
    for day, urns in by_day.items():
        within = and_(_messages.c.at >= begin_of(day), _messages.c.at < end_of(day))
        wanted = select(_messages.c.urn, *_OF_SAID).where(_messages.c.urn.in_(urns), within)
        for urn, *said in await session.execute(wanted.order_by(_messages.c.at, _messages.c.id)):
            mine = found[urn, day]
            if len(mine) < MOST_MESSAGES:
                mine.append(Said(*said))
    return found


async def _verdicts(
    session: AsyncSession, talks: Sequence[_Talk]
) -> list[tuple[str, str, bool, datetime]]:
    """Whose, on which turn, whether of use, and when: everything that these visitors gave."""
    urns = sorted({it.urn for it in talks})
    columns = (_feedback.c.urn, _feedback.c.about, _feedback.c.useful, _feedback.c.at)
    wanted = select(*columns).where(_feedback.c.urn.in_(urns)).order_by(_feedback.c.id)
    return [(urn, about, useful, at) for urn, about, useful, at in await session.execute(wanted)]


def _summed(
    talks: Sequence[_Talk],
    said: Mapping[Conversation, list[Said]],
    verdicts: Sequence[tuple[str, str, bool, datetime]],
) -> list[tuple[_Talk, Summary | None]]:
    given: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    for urn, about, useful, _ in verdicts:
        given[urn].append((about, useful))
    summed: list[tuple[_Talk, Summary | None]] = []
    for it in talks:
        messages = said[it.urn, it.day]
        events = {each.event for each in messages}
        mine = [useful for about, useful in given[it.urn] if about in events]
        summed.append((it, sum_up(messages, mine, it.channel) if messages else None))
    return summed


async def _drop(session: AsyncSession, empty: Sequence[_Talk]) -> None:
    """Nothing is left of them, unless something was said meanwhile."""
    by_day: defaultdict[date, list[int]] = defaultdict(list)
    for it in empty:
        by_day[it.day].append(it.number)
    for day, numbers in by_day.items():
        within = and_(_messages.c.at >= begin_of(day), _messages.c.at < end_of(day))
        said = select(_messages.c.id).where(_messages.c.urn == _talks.c.urn, within).exists()
        await session.execute(delete(_talks).where(_talks.c.id.in_(numbers), ~said))


def _renew(figures: Iterable[str]) -> Update:
    """One takes the new figures. It is no longer stale, unless it became so meanwhile; whoever has
    read it has not read what was said later."""
    return (
        update(_talks)
        .where(_talks.c.id == bindparam("number"))
        .values({_talks.c[name]: bindparam(f"new_{name}") for name in figures})
        .values(
            stale=case((_talks.c.stale == bindparam("was_stale"), 0), else_=_talks.c.stale),
            read_at=case((_talks.c.read_at < bindparam("new_until"), None), else_=_talks.c.read_at),
        )
    )


def _renewed(it: _Talk, summary: Summary) -> dict[str, object]:
    """The values of `_renew`."""
    figures = {f"new_{name}": value for name, value in summary.columns.items()}
    return {**figures, "number": it.number, "was_stale": it.stale}


async def _keep_tags(session: AsyncSession, full: Sequence[tuple[_Talk, Summary]]) -> None:
    numbers = [it.number for it, _ in full]
    derived = _tags.c.kind.not_in(_BY_HAND)
    await session.execute(delete(_tags).where(_tags.c.conversation_id.in_(numbers), derived))
    rows = [
        {"urn": it.urn, "conversation_id": it.number, "at": summary.columns["at"], "kind": kind,
         "value": value}
        for it, summary in full
        for kind, value in sorted(summary.tags)
    ]  # fmt: skip
    connection = await session.connection()
    keep = insert(connection.dialect.name, ConversationTagRow).on_conflict_do_nothing()
    if rows:
        await connection.execute(keep, rows)


async def _pass_on(
    session: AsyncSession,
    talks: Sequence[_Talk],
    said: Mapping[Conversation, list[Said]],
    verdicts: Sequence[tuple[str, str, bool, datetime]],
) -> None:
    """A verdict on the answer of another day counts on that day."""
    days = {(it.urn, it.day) for it in talks}
    own = {(urn, it.event) for (urn, _), messages in said.items() for it in messages}
    astray = {(urn, about) for urn, about, _, at in verdicts
              if (urn, day_of(at)) in days and (urn, about) not in own}  # fmt: skip
    for urn, about in sorted(astray):
        turn = select(_messages.c.at).where(_messages.c.urn == urn, _messages.c.event == about)
        at = await session.scalar(turn.limit(1))
        if at is not None:
            theirs = update(_talks).where(_talks.c.urn == urn, _talks.c.day == day_of(at))
            await session.execute(theirs.values(stale=_talks.c.stale + 1))
