"""The conversations of the staff in the chat, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.app.campaigns import CampaignStores, buttons_of, rates_of
from bot.clock import now
from bot.console.bindings import Bindings
from bot.console.pages.campaigns import CAMPAIGNS
from bot.content import Content
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.posting import Newsroom
from bot.pipeline.line import Line
from bot.pipeline.outbox import Outbox
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.staff import Staff
from bot.settings import Settings
from bot.words import Words
from dialogs.bind import bind_account, unbind_account
from dialogs.post import show_posts, take_step, write_post
from dialogs.talk import Script


@dataclass(frozen=True, slots=True)
class StaffTalks:
    """What they need beside the content."""

    staff: Staff
    audit: Audit
    bindings: Bindings
    desk: CampaignDesk
    words: Callable[[], Words]
    public_url: str | None

    @classmethod
    def of(
        cls, settings: Settings, database: Database, line: Line, outbox: Outbox,
        words: Callable[[], Words],
    ) -> StaffTalks:  # fmt: skip
        """Those of a database."""
        staff, audit = Staff(database.sessions, now), Audit(database.sessions, now)
        desk = CampaignStores.of(database, settings).desk(settings, rates_of(settings), outbox)
        bindings = Bindings(line, staff, audit)
        return cls(staff, audit, bindings, desk, words, settings.public_url)

    def scripts(self, content: Content) -> Mapping[str, Script]:
        """By the names their buttons use."""
        reader, buttons = content.directory.reader, buttons_of(self.words)
        room = Newsroom(
            self.staff, self.desk, self.audit, self.words, reader, buttons, self.link, now
        )
        return {
            "post": partial(write_post, desk_of=room.desk_of),
            "post.step": partial(take_step, desk_of=room.desk_of),
            "post.list": partial(show_posts, desk_of=room.desk_of),
            "bind": partial(bind_account, bindings=self.bindings),
            "unbind": partial(unbind_account, bindings=self.bindings),
        }

    def link(self, campaign: int) -> str:
        """The console's page of a campaign; empty while no address is known."""
        if self.public_url is None:
            return ""
        return f"{self.public_url.rstrip('/')}{CAMPAIGNS}/{campaign}"
