"""How a batch's rows are written: each statement once, with all its rows.

The statements are built once for each kind of database: building one costs more than running it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Update, bindparam, case, literal_column, or_, update

from bot.records.inserts import DIALECTS, Insert, insert, table_of
from bot.records.results import Values
from bot.records.rows import Rows, in_order
from bot.records.tables import (
    Arrival,
    ConversationRow,
    Fate,
    MessageRow,
    RecipientRow,
    UnansweredRow,
    VisitorRow,
)


@dataclass(frozen=True, slots=True)
class Statements:
    """What writes a batch, in one kind of database."""

    see: Insert
    turn: Insert
    speak: Insert
    miss: Insert
    deliver: Update
    settle: Update
    gather: Insert

    def for_rows(self, rows: Rows) -> list[tuple[Insert | Update, list[Values]]]:
        """The statements that have something to do, in their order."""
        steps: list[tuple[Insert | Update, list[Values]]] = [
            (self.see, in_order(rows.visitors)),
            (self.turn, in_order(rows.presences)),
            (self.speak, rows.messages),
            (self.miss, rows.unanswered),
            (self.deliver, in_order(rows.deliveries)),
            (self.settle, in_order(rows.recipients)),
            (self.gather, in_order(rows.talks)),
        ]
        return [(statement, values) for statement, values in steps if values]


def _see(dialect: str) -> Insert:
    """A visitor spoke: they may be new, and what they did later is not undone."""
    statement = insert(dialect, VisitorRow)
    old, new = table_of(VisitorRow).c, statement.excluded
    is_news = new.state_at > old.state_at
    return statement.on_conflict_do_update(
        index_elements=["urn"],
        set_={
            "first_seen": case(
                (new.first_seen < old.first_seen, new.first_seen), else_=old.first_seen
            ),
            "last_seen": case((new.last_seen > old.last_seen, new.last_seen), else_=old.last_seen),
            "state": case((is_news, new.state), else_=old.state),
            "state_at": case((is_news, new.state_at), else_=old.state_at),
            "detail": case((is_news, new.detail), else_=old.detail),
        },
    )


def _turn(dialect: str) -> Insert:
    """A visitor left or returned: that is not to be seen, only known."""
    statement = insert(dialect, VisitorRow)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["urn"],
        set_={"state": new.state, "state_at": new.state_at, "detail": new.detail},
        where=new.state_at >= table_of(VisitorRow).c.state_at,
    )


def _deliver() -> Update:
    message = table_of(MessageRow)
    state = message.c.delivery
    is_open = or_(state == Arrival.QUEUED.value, state == bindparam("unless_settled"))
    return (
        update(message)
        .where(message.c.ref == bindparam("of_ref"), is_open)
        .values(
            delivery=bindparam("delivery"),
            delivered_at=bindparam("delivered_at"),
            external=bindparam("external"),
            detail=bindparam("detail"),
        )
    )


def _settle() -> Update:
    """A recipient has a result, once: it never changes."""
    recipient = table_of(RecipientRow)
    return (
        update(recipient)
        .where(
            recipient.c.id == bindparam("recipient"),
            recipient.c.attempt == bindparam("in_attempt"),
            recipient.c.state == Fate.SENDING.value,
        )
        .values(state=bindparam("fate"), reason=bindparam("why"), done_at=bindparam("at"))
    )


def _gather(dialect: str) -> Insert:
    """A conversation goes on: it is summed up anew, by and by."""
    statement = insert(dialect, ConversationRow)
    old, new = table_of(ConversationRow).c, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["urn", "day"],
        set_={
            "stale": old.stale + literal_column("1"),
            "is_talk": old.is_talk | new.is_talk,
            "until": case((new.until > old.until, new.until), else_=old.until),
        },
    )


STATEMENTS = {
    dialect: Statements(
        _see(dialect),
        _turn(dialect),
        insert(dialect, MessageRow).on_conflict_do_nothing(),
        insert(dialect, UnansweredRow).on_conflict_do_nothing(),
        _deliver(),
        _settle(),
        _gather(dialect),
    )
    for dialect in DIALECTS
}
