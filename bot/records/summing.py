"""What a conversation comes to: counted from its messages alone, the same however often."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from bot.masking import masked
from bot.records.tables import Arrival, Tag
from dialogs.talk import Kind, Outcome

_STEPS = frozenset({Kind.TAKEN_OVER.value, Kind.GIVEN_BACK.value})  # done by staff
_COMINGS = frozenset({Kind.LEFT.value, Kind.RETURNED.value})
_LOST = frozenset({Arrival.FAILED.value, Arrival.GONE.value, Arrival.UNKNOWN.value})
_ANSWERS = (Outcome.ANSWERED, Outcome.CHOICES, Outcome.DECLINED, Outcome.HANDOFF)
_COVERED = re.compile(r"\d{4,6}\*{8,}[\dXx]{4}|\d{4}\*{8,}\d{4}")  # a number masked already


class Mark(StrEnum):
    """What a conversation is marked by, of itself."""

    USEFUL = "useful"
    USELESS = "useless"
    PERSONAL = "personal"
    LOST = "undelivered"


@dataclass(frozen=True, slots=True)
class Said:
    """What of a message counts."""

    number: int
    event: str
    is_heard: bool
    at: datetime
    text: str
    kind: str | None
    script: str | None
    outcome: str | None
    policies: Sequence[str]
    staff: str | None
    delivery: str | None

    @property
    def is_from_visitor(self) -> bool:
        """Whether the visitor said it: not that they came or went, nor that a person joined."""
        return self.is_heard and self.kind not in _STEPS and self.kind not in _COMINGS


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a conversation, by the names of their columns, and what it is found by."""

    columns: Mapping[str, object]
    tags: frozenset[tuple[str, str]]


def sum_up(messages: Sequence[Said], verdicts: Sequence[bool], channel: str) -> Summary:
    """The messages in their order, at least one; `verdicts`: whether answers were of use."""
    said = [it for it in messages if not it.is_heard]
    turns = [it for it in messages if it.is_from_visitor]
    by_outcome = {which: _turns_of(said, which) for which in _ANSWERS}
    waits = list(_waits(messages))
    begin, end = messages[0].at, messages[-1].at
    columns: dict[str, object] = {
        "at": begin,
        "until": end,
        "is_talk": bool(turns) or any(it.staff for it in said),
        "turns": len(turns),
        "answered": by_outcome[Outcome.ANSWERED],
        "choices": by_outcome[Outcome.CHOICES],
        "declined": by_outcome[Outcome.DECLINED],
        "handoffs": by_outcome[Outcome.HANDOFF],
        "useful": sum(verdicts),
        "useless": len(verdicts) - sum(verdicts),
        "undelivered": sum(it.delivery in _LOST for it in said),
        "seconds": int((end - begin).total_seconds()),
        "first_response": waits[0] if waits else None,
        "longest_wait": max(waits, default=None),
        "has_personal": any(_tells_a_number(it.text) for it in turns),
    }
    return Summary(columns, frozenset(_tags(columns, said, channel)))


def _turns_of(said: Iterable[Said], outcome: Outcome) -> int:
    return len({it.event for it in said if it.outcome == outcome.value})


def _waits(messages: Sequence[Said]) -> Iterable[int]:
    """Milliseconds from each word of the visitor that nobody had answered yet to the answer."""
    since: datetime | None = None
    for it in messages:
        if it.is_from_visitor and since is None:
            since = it.at
        elif not it.is_heard and since is not None:
            yield int((it.at - since).total_seconds() * 1000)
            since = None


def _tags(
    columns: Mapping[str, object], said: Sequence[Said], channel: str
) -> Iterable[tuple[str, str]]:
    yield Tag.CHANNEL.value, channel
    for it in said:
        if it.script:
            yield Tag.SCRIPT.value, it.script
        if it.staff:
            yield Tag.STAFF.value, it.staff
        for policy in it.policies:
            yield Tag.POLICY.value, policy
        if it.outcome in {each.value for each in _ANSWERS}:
            yield Tag.OUTCOME.value, str(it.outcome)
    marks = {"useful": Mark.USEFUL, "useless": Mark.USELESS, "undelivered": Mark.LOST,
             "has_personal": Mark.PERSONAL}  # fmt: skip
    for name, mark in marks.items():
        if columns[name]:
            yield Tag.MARK.value, mark.value


@lru_cache(2000)
def _tells_a_number(text: str) -> bool:
    return masked(text) != text or _COVERED.search(text) is not None
