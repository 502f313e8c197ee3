"""Audiences in the tables: how many, who, and why some of them are not to be sent to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.conditions import And, Audience
from bot.records.inserts import table_of
from bot.records.membership import condition
from bot.records.quiet_hours import minute_of, rests
from bot.records.tables import (
    ApplicationRow,
    Fate,
    FeedbackRow,
    PreferenceRow,
    Presence,
    RecipientRow,
    SeekerRow,
    VisitorRow,
    WishRow,
)
from dialogs.work import Pace

WEEK = timedelta(days=7)

_visitor, _seeker, _wish = table_of(VisitorRow), table_of(SeekerRow), table_of(WishRow)
_preference, _recipient = table_of(PreferenceRow), table_of(RecipientRow)
_feedback, _application = table_of(FeedbackRow), table_of(ApplicationRow)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent, in minutes after midnight; the same twice: none."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is chosen, and who of them may be sent to."""

    audience: Audience
    exclusions: Audience | None
    channels: Collection[str]  # those that can send
    most_a_week: int  # campaigns that one visitor gets in seven days
    quiet: Quiet  # of whoever has no other wish


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in an audience, as a campaign writes them down. `why_not`: they are skipped."""

    visitor: int
    urn: str
    channel: str
    county: str | None
    town: str | None
    name: str | None
    trades: tuple[str, ...]
    quiet: Quiet
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """An audience in figures."""

    total: int
    by_channel: Mapping[str, int]  # of those who may be sent to
    by_county: Mapping[str, int]  # likewise; "" is for who told none
    skipped: Mapping[str, int]  # by reason
    excluded: int
    sendable: int
    resting: int  # of those who may be sent to: it is in their quiet hours


class Audiences:
    """Whoever has ever written to the hotline, by what is known of them."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def count(self, choice: Choice, begins: datetime) -> Counts:
        """How many there are, and of which kind, for what `begins` at that moment."""
        chosen = await self._chosen(choice)
        why_not = self._why_not(choice).label("why_not")
        is_resting = _is_resting(choice.quiet, begins).label("is_resting")
        columns = (_visitor.c.channel, _seeker.c.county, why_not, is_resting)
        each = chosen.with_only_columns(*columns).subquery()
        kind = (each.c.channel, each.c.county, each.c.why_not, each.c.is_resting)
        groups = select(*kind, func.count()).group_by(*kind)
        async with self._sessions() as session:
            found = [tuple(row) for row in await session.execute(groups)]
            excluded = await self._excluded(session, choice)
        return _counted(found, excluded)

    async def after(self, choice: Choice, visitor: int, limit: int) -> list[Member]:
        """The next of them by number, after that one."""
        chosen = await self._chosen(choice)
        page = (
            chosen.add_columns(self._why_not(choice).label("why_not"))
            .where(_visitor.c.id > visitor)
            .order_by(_visitor.c.id)
            .limit(limit)
        )
        async with self._sessions() as session:
            return [_member(row._mapping, choice.quiet) for row in await session.execute(page)]

    async def _chosen(self, choice: Choice) -> Select[Any]:
        async with self._sessions() as session:
            dialect = (await session.connection()).dialect.name
        wanted = condition(choice.audience, dialect, self._clock())
        if choice.exclusions is not None:
            wanted = and_(wanted, not_(condition(choice.exclusions, dialect, self._clock())))
        return _everybody().where(wanted)

    async def _excluded(self, session: AsyncSession, choice: Choice) -> int:
        if choice.exclusions is None:
            return 0
        dialect = (await session.connection()).dialect.name
        both = And((choice.audience, choice.exclusions))
        wanted = condition(both, dialect, self._clock())
        counted = _everybody().with_only_columns(func.count()).where(wanted)
        return await session.scalar(counted) or 0

    def _why_not(self, choice: Choice) -> ColumnElement[Any]:
        since = self._clock() - WEEK
        lately = (
            select(func.count())
            .where(
                _recipient.c.urn == _visitor.c.urn,
                _recipient.c.push_id.is_(None),  # openings come as often as they chose
                _recipient.c.fed_at >= since,
                _recipient.c.state.in_(REACHED),
            )
            .scalar_subquery()
        )
        return case(
            (_visitor.c.state == Presence.STOPPED.value, literal("left")),
            (_visitor.c.channel.not_in(sorted(choice.channels)), literal("unreachable")),
            (wants_none(_seeker, _preference), literal("opted_out")),
            (lately >= choice.most_a_week, literal("cap")),
            else_=None,
        )


REACHED = (Fate.SENDING.value, Fate.SENT.value, Fate.UNKNOWN.value)


def wants_none(seeker: FromClause, preference: FromClause) -> ColumnElement[bool]:
    """Whether somebody has said that they want to get nothing unasked."""
    return or_(
        func.coalesce(seeker.c.pace, "") == Pace.NEVER.value, preference.c.muted_at.is_not(None)
    )


def _is_resting(quiet: Quiet, at: datetime) -> ColumnElement[bool]:
    """Whether that moment lies in their quiet hours: their own, or else those of everybody."""
    minute, own = minute_of(at), _preference.c
    has_own = and_(own.quiet_from.is_not(None), own.quiet_until.is_not(None))
    usual = rests(literal(quiet.begin), literal(quiet.end), minute)
    return case((has_own, rests(own.quiet_from, own.quiet_until, minute)), else_=usual)


def _everybody() -> Select[Any]:
    joined = (
        _visitor.outerjoin(_seeker, _seeker.c.urn == _visitor.c.urn)
        .outerjoin(_wish, _wish.c.seeker_id == _seeker.c.id)
        .outerjoin(_preference, _preference.c.urn == _visitor.c.urn)
    )
    return select(
        _visitor.c.id,
        _visitor.c.urn,
        _visitor.c.channel,
        _seeker.c.county,
        _seeker.c.town,
        _seeker.c.name,
        _wish.c.occupations,
        _preference.c.quiet_from,
        _preference.c.quiet_until,
    ).select_from(joined)


def _member(row: Mapping[Any, Any], quiet: Quiet) -> Member:
    begin, end = row["quiet_from"], row["quiet_until"]
    has_own = begin is not None and end is not None
    return Member(
        visitor=row["id"],
        urn=row["urn"],
        channel=row["channel"],
        county=row["county"],
        town=row["town"],
        name=row["name"],
        trades=tuple(row["occupations"] or ()),
        quiet=Quiet(begin, end) if has_own else quiet,
        why_not=row["why_not"],
    )


def _counted(found: Sequence[tuple[Any, ...]], excluded: int) -> Counts:
    by_channel: dict[str, int] = {}
    by_county: dict[str, int] = {}
    skipped: dict[str, int] = {}
    resting = 0
    for channel, county, why_not, is_resting, count in found:
        if why_not is not None:
            skipped[why_not] = skipped.get(why_not, 0) + count
            continue
        by_channel[channel] = by_channel.get(channel, 0) + count
        by_county[county or ""] = by_county.get(county or "", 0) + count
        resting += count if is_resting else 0
    sendable = sum(by_channel.values())
    total = sendable + sum(skipped.values())
    return Counts(total, by_channel, by_county, skipped, excluded, sendable, resting)
