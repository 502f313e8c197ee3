"""The tables, in the hotline's own nouns. Times are UTC.

A change here needs a migration beside it; a test compares the two.
"""

from bot.records.tables.base import Row
from bot.records.tables.campaigns import (
    CampaignEventRow,
    CampaignRow,
    CampaignState,
    Fate,
    PreferenceRow,
    RecipientRow,
)
from bot.records.tables.console import AuditRow, BookmarkRow, StaffRow, StaffSessionRow, TokenRow
from bot.records.tables.review import (
    ChangeRow,
    ConversationRow,
    ConversationTagRow,
    PlanRow,
    PointRow,
    ReadingRow,
    SampleRow,
    Tag,
    TallyRow,
)
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
    "BookmarkRow",
    "CampaignEventRow",
    "CampaignRow",
    "CampaignState",
    "ChangeRow",
    "ConsentRow",
    "ConversationRow",
    "ConversationTagRow",
    "Direction",
    "Fate",
    "FeedbackRow",
    "FollowUpRow",
    "MessageRow",
    "OfferRow",
    "OpeningRow",
    "PlanRow",
    "PointRow",
    "PreferenceRow",
    "Presence",
    "PushRow",
    "ReadingRow",
    "RecipientRow",
    "Row",
    "SampleRow",
    "SeekerRow",
    "ServiceRow",
    "StaffRow",
    "StaffSessionRow",
    "Tag",
    "TallyRow",
    "TicketNoteRow",
    "TicketRow",
    "TokenRow",
    "UnansweredRow",
    "VisitorRow",
    "WishRow",
]
