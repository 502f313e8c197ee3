"""Journal lines as rows: what a batch adds to each table, in the order it is written. ID numbers
and bank cards are masked: nobody here needs them.

Every process writes in the same order (visitors by urn, messages by journal id, deliveries by ref,
recipients by number), so that two that write the same lines wait for each other instead of
deadlocking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar, assert_never

from bot.masking import without_secrets
from bot.pipeline.messages import DeliveryLine, HeardLine, Line, SaidLine, VisitorLine
from bot.records.columns import moment
from bot.records.results import Values, results_of
from bot.records.tables import Arrival, Direction, Presence
from dialogs.talk import Kind, Outcome

K = TypeVar("K", str, tuple[str, date], tuple[int, int])

_harmless = lru_cache(2000)(without_secrets)  # the same is said again and again

_NOT_THEIRS = frozenset({Kind.TAKEN_OVER, Kind.GIVEN_BACK})  # done by staff
_TALK = frozenset({Kind.WORDS, Kind.PRESS, Kind.CONTACT, Kind.LOCATION, Kind.UNREADABLE})
_EAST = 8 * 3600  # seconds that the clocks here are ahead
_DAY = 24 * 3600
_NOTHING = {
    **dict.fromkeys(("turns", "answered", "choices", "declined", "handoffs"), 0),
    **dict.fromkeys(("useful", "useless", "undelivered", "seconds"), 0),
    "has_personal": False,
}
_LAST = 2_932_895  # the last day that has another one after it
_LATE = 3600.0  # seconds after midnight within which yesterday's words may still arrive
_UNANSWERED = frozenset({Outcome.DECLINED, Outcome.CHOICES})


@dataclass(frozen=True, slots=True)
class Rows:
    """What one batch has for each table."""

    visitors: dict[str, Values] = field(default_factory=dict)  # by urn: heard from
    presences: dict[str, Values] = field(default_factory=dict)  # by urn: left or returned
    messages: list[Values] = field(default_factory=list)
    unanswered: list[Values] = field(default_factory=list)
    deliveries: dict[str, Values] = field(default_factory=dict)  # by ref
    # What became of the recipients of campaigns, by their number and attempt.
    recipients: dict[tuple[int, int], Values] = field(default_factory=dict)
    talks: dict[tuple[str, date], Values] = field(default_factory=dict)  # what was spoken in


def rows_of(batch: Sequence[tuple[str, Line]]) -> Rows:
    """The rows of a batch of (journal id, line)."""
    rows = Rows()
    for journal_id, line in sorted(batch, key=_place):
        match line:
            case HeardLine():
                rows.messages.append(_heard(journal_id, line))
                _spoken(rows.talks, line, line.kind in _TALK)
                if line.kind not in _NOT_THEIRS:
                    _seen(rows.visitors, line)
            case SaidLine():
                rows.messages.append(_said(journal_id, line))
                _spoken(rows.talks, line, "staff" in line.evidence)
                if line.outcome in _UNANSWERED and line.asked.strip():
                    rows.unanswered.append(_unanswered(journal_id, line))
            case DeliveryLine():
                _delivered(rows.deliveries, line)
                _arrived(rows.talks, line)
                for result in results_of(line):  # the first one counts
                    rows.recipients.setdefault((result["recipient"], result["in_attempt"]), result)
            case VisitorLine():
                _presence(rows.presences, line)
            case _:
                assert_never(line)
    return rows


def in_order(rows: dict[K, Values]) -> list[Values]:
    """The rows by their keys."""
    return [rows[key] for key in sorted(rows)]


def _place(entry: tuple[str, Line]) -> tuple[int, ...]:
    """Where the line stands in the journal: "17-1526919030474-0" by its numbers."""
    try:
        return tuple(map(int, entry[0].split("-")))
    except ValueError:
        return ()


def _heard(journal_id: str, line: HeardLine) -> Values:
    pressed = {"start": line.start, "question": line.question}
    return {
        "journal_id": journal_id,
        "ref": None,
        "event": line.event,
        "urn": line.urn,
        "direction": Direction.HEARD.value,
        "at": moment(line.at),
        "text": _harmless(line.text),
        "kind": line.kind,
        "script": None,
        "outcome": None,
        "policies": [],
        "evidence": {key: value for key, value in pressed.items() if value is not None},
        "buttons": [],
        "asked": None,
        "delivery": None,
    }


def _said(journal_id: str, line: SaidLine) -> Values:
    return {
        "journal_id": journal_id,
        "ref": line.ref,
        "event": line.event,
        "urn": line.urn,
        "direction": Direction.SAID.value,
        "at": moment(line.at),
        "text": _harmless(line.text),
        "kind": None,
        "script": line.script,
        "outcome": line.outcome,
        "policies": line.policies,
        "evidence": line.evidence,
        "buttons": line.buttons,
        "asked": _harmless(line.asked),
        "delivery": Arrival.QUEUED.value,
    }


def _unanswered(journal_id: str, line: SaidLine) -> Values:
    return {
        "journal_id": journal_id,
        "urn": line.urn,
        "question": _harmless(line.asked),
        "at": moment(line.at),
        "outcome": line.outcome,
        "evidence": line.evidence,
    }


def _delivered(deliveries: dict[str, Values], line: DeliveryLine) -> None:
    """What became of a message, told once; but the network's word settles what was unknown."""
    is_sent = line.state == Arrival.SENT
    before = deliveries.get(line.ref)
    if before is not None and not (is_sent and before["delivery"] == Arrival.UNKNOWN):
        return
    deliveries[line.ref] = {
        "of_ref": line.ref,
        "unless_settled": Arrival.UNKNOWN.value if is_sent else Arrival.QUEUED.value,
        "delivery": line.state,
        "delivered_at": moment(line.at) if is_sent else None,
        "external": line.external or None,
        "detail": line.detail or None,
    }


def _seen(visitors: dict[str, Values], line: HeardLine) -> None:
    """Whoever speaks is here again, unless what we heard is that they leave."""
    state = Presence.STOPPED if line.kind == Kind.LEFT else Presence.ACTIVE
    now = _visitor(line.urn, line.at, state, None)
    before = visitors.get(line.urn)
    if before is not None:
        now["first_seen"] = min(before["first_seen"], now["first_seen"])
        now["last_seen"] = max(before["last_seen"], now["last_seen"])
        if before["state_at"] > now["state_at"]:
            now["state"], now["state_at"] = before["state"], before["state_at"]
    visitors[line.urn] = now


def _presence(presences: dict[str, Values], line: VisitorLine) -> None:
    now = _visitor(line.urn, line.at, line.state, line.detail or None)
    before = presences.get(line.urn)
    if before is None or before["state_at"] <= now["state_at"]:
        presences[line.urn] = now


def _visitor(urn: str, seconds: float, state: str, detail: str | None) -> Values:
    at = moment(seconds)
    return {
        "urn": urn,
        "channel": urn.partition(":")[0],
        "first_seen": at,
        "last_seen": at,
        "state": str(state),
        "state_at": at,
        "detail": detail,
    }


def _spoken(
    talks: dict[tuple[str, date], Values], line: HeardLine | SaidLine, is_talk: bool
) -> None:
    """Something was said in the conversation of that day: it is to be summed up anew."""
    now = _talk(line.urn, line.at, is_talk)
    key = line.urn, now["day"]
    before = talks.get(key)
    if before is not None:
        now["at"] = min(before["at"], now["at"])
        now["until"] = max(before["until"], now["until"])
        now["is_talk"] = before["is_talk"] or is_talk
    talks[key] = now


def _arrived(talks: dict[tuple[str, date], Values], line: DeliveryLine) -> None:
    """A conversation is to be summed up anew; one that this makes up is empty and goes again."""
    for seconds in (line.at, line.at - _LATE):
        key = line.urn, _day_of(moment(seconds))
        if key not in talks:
            talks[key] = _talk(line.urn, seconds, False)


def _talk(urn: str, seconds: float, is_talk: bool) -> Values:
    at = moment(seconds)
    return {
        "urn": urn,
        "day": _day_of(at),
        "channel": urn.partition(":")[0],
        "at": at,
        "until": at,
        "is_talk": is_talk,
        "stale": 1,
        **_NOTHING,
    }


def _day_of(at: datetime) -> date:
    """The day here on which it happens."""
    return _day(min((int(at.timestamp()) + _EAST) // _DAY, _LAST))


@lru_cache(100)
def _day(number: int) -> date:
    """The day so many days after 1 January 1970."""
    return date(1970, 1, 1) + timedelta(days=number)
