"""The tables, in the hotline's own nouns. Times are UTC.

A change here needs a migration beside it; a test compares the two.
"""

from bot.records.tables.base import Row
from bot.records.tables.console import AuditRow, StaffRow, StaffSessionRow, TokenRow
from bot.records.tables.talk import (
    Arrival,
    Direction,
    FeedbackRow,
    MessageRow,
    Presence,
    TicketNoteRow,
    TicketRow,
    UnansweredRow,
    VisitorRow,
)
from bot.records.tables.work import (
    ApplicationRow,
    ConsentRow,
    FollowUpRow,
    OfferRow,
    OpeningRow,
    PushRow,
    SeekerRow,
    ServiceRow,
    WishRow,
)

__all__ = [
    "ApplicationRow",
    "Arrival",
    "AuditRow",
    "ConsentRow",
    "Direction",
    "FeedbackRow",
    "FollowUpRow",
    "MessageRow",
    "OfferRow",
    "OpeningRow",
    "Presence",
    "PushRow",
    "Row",
    "SeekerRow",
    "ServiceRow",
    "StaffRow",
    "StaffSessionRow",
    "TicketNoteRow",
    "TicketRow",
    "TokenRow",
    "UnansweredRow",
    "VisitorRow",
    "WishRow",
]
