"""The table of contents of the conversations, each with what it needs."""

from __future__ import annotations

from functools import partial

from bot.content import Content
from bot.pipeline.switchboard import Switchboard
from dialogs.feedback import FeedbackBook, take_reason, take_verdict
from dialogs.handoff import Desk, ask_for_a_person
from dialogs.menu import follow_link, show_menu
from dialogs.policy import Library, answer_question, show_policy
from dialogs.talk import Script


def scripts(library: Library, desk: Desk, book: FeedbackBook) -> dict[str, Script]:
    """The table of contents: every conversation, by the name its buttons use."""
    return {
        "menu": show_menu,
        "link": partial(follow_link, library=library),
        "policy": partial(answer_question, library=library),
        "policy.show": partial(show_policy, library=library),
        "handoff": partial(ask_for_a_person, desk=desk),
        "feedback": partial(take_verdict, book=book),
        "feedback.why": partial(take_reason, book=book),
    }


def switchboard(content: Content, desk: Desk, book: FeedbackBook) -> Switchboard:
    """The switchboard over the content."""
    table = scripts(content.library, desk, book)
    return Switchboard(table, content.words, content.commands, content.notice)
