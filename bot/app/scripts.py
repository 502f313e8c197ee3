"""The table of contents of the conversations, each with what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from bot.app.work import MEANT, Work
from bot.content import Content
from bot.jobs.reading import WorkReader
from bot.pipeline.routing import Off
from bot.pipeline.switchboard import Switchboard, nothing_is_off
from dialogs.benefits import find_benefits
from dialogs.campaigns import (
    CampaignBook,
    stop_campaigns,
    take_interest,
    unsubscribe,
    want_campaigns,
)
from dialogs.feedback import FeedbackBook, take_reason, take_verdict
from dialogs.handoff import Desk, Hours, ask_for_a_person
from dialogs.menu import follow_link, show_menu
from dialogs.policy import answer_question, show_policy
from dialogs.talk import Script

if TYPE_CHECKING:
    from bot.app.staff_talks import StaffTalks

STEERING = ("back", "cancel", "person", "resume")  # commands that are no conversations
# There is always a menu; and of what the staff has, a notice would tell others.
ALWAYS = frozenset({"menu", "post", "bind", "unbind"})
SENTENCES_KEPT = 4000  # that are said again and again


@dataclass(frozen=True, slots=True)
class Stores:
    """What the conversations know and keep beside the content."""

    desk: Desk
    book: FeedbackBook
    hours: Hours
    work: Work
    campaigns: CampaignBook
    off: Off = nothing_is_off  # whether any of these was switched off
    staff: StaffTalks | None = None  # None: no member of staff is known here


def scripts(content: Content, stores: Stores) -> dict[str, Script]:
    """Every conversation, by the name its buttons use."""
    library = content.library
    return {
        "menu": show_menu,
        "link": partial(follow_link, library=library),
        "policy": partial(answer_question, library=library),
        "policy.show": partial(show_policy, library=library),
        "benefits": partial(find_benefits, adviser=content.eligibility),
        **stores.work.scripts(content),
        "handoff": partial(ask_for_a_person, desk=stores.desk, hours=stores.hours),
        "campaign.interested": partial(take_interest, book=stores.campaigns),
        "campaign.stop": partial(stop_campaigns, book=stores.campaigns),
        "unsubscribe": partial(
            unsubscribe, book=stores.campaigns, paces=stores.work.board(content)
        ),
        "campaign.again": partial(want_campaigns, book=stores.campaigns),
        "feedback": partial(take_verdict, book=stores.book),
        "feedback.why": partial(take_reason, book=stores.book),
        **({} if stores.staff is None else stores.staff.scripts(content)),
    }


def conversations(table: Mapping[str, Script]) -> list[str]:
    """The names of whole conversations, as an admin may switch them off."""
    return sorted({name.partition(".")[0] for name in table} - ALWAYS)


def switchboard(content: Content, stores: Stores) -> Switchboard:
    """The switchboard over the content."""
    table = scripts(content, stores)
    known = {form: name for form, name in content.commands.items() if name in (*table, *STEERING)}
    parts = (table, content.words, known, content.notice)
    hears = lru_cache(SENTENCES_KEPT)(partial(meant, content.directory.reader))
    return Switchboard(*parts, stores.off, hears)


def meant(reader: WorkReader, sentence: str) -> str | None:
    """The script that a sentence about work is for."""
    intent = reader.intent(sentence)
    return None if intent is None else MEANT[intent]
