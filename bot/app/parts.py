"""What the rest of one process is made of: what it keeps, and what carries from one to another."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from bot.app.campaigns import CampaignStores
from bot.app.scripts import Stores
from bot.app.staff_talks import StaffTalks
from bot.app.work import Work, private_links
from bot.clock import now, today
from bot.content import Content
from bot.hours import DeskHours, OfficeHours
from bot.jobs.night import NightGate
from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.doorbell import JOURNAL, Doorbell, Hop
from bot.pipeline.erasure import Erasure
from bot.pipeline.farbell import FarBell
from bot.pipeline.inbox import Inbox
from bot.pipeline.leases import RECORDS, Leases
from bot.pipeline.line import Line
from bot.pipeline.outbox import Outbox
from bot.pipeline.switches import Switches
from bot.records.database import DOWN, Database
from bot.records.dossiers import Dossiers
from bot.records.feedback import FeedbackBook
from bot.records.preferences import Preferences
from bot.records.tickets import Tickets
from bot.reload import LiveContent
from bot.settings import Settings
from bot.site.card import PrivatePages
from bot.words import Words


class Parts:
    """The parts, put together; none of them runs yet."""

    def __init__(
        self, settings: Settings, content: Content, line: Line, database: Database
    ) -> None:
        self.settings = settings
        self.line = line
        self.database = database
        self.metrics = Metrics()
        self.live = LiveContent(settings, content, self.metrics)
        self.closing = Closing()
        self.hops = ["inbox"]  # where messages wait to be brought on; each channel adds its own
        name = uuid.uuid4().hex[:12]
        self.turns = Leases(line, name, self._wake)
        keeps_records = settings.role != "worker" and settings.processes == 1
        self.records = Leases(line, name, self._wake_writer, RECORDS, stands_by=not keeps_records)
        self.duties = [self.records] if settings.role == "records" else [self.turns, self.records]
        self.far = FarBell(line.redis)
        self.bell = Doorbell(self._owns, self.far.ring, self.far.hand)
        self.closing.tell(self.bell.wake_all)
        self.inbox = Inbox(line, self.bell)
        self.outbox = Outbox(line, self.bell, self.words)
        self.switches = Switches(line)
        dossiers = Dossiers(database.sessions)
        self.erasure = Erasure(line, dossiers, self.turns.owned, DOWN)
        links = private_links(settings, database)
        self.work = Work(database, self.words, links, self.erasure)
        self.private = PrivatePages(links, self.work.cards, dossiers, self.words, today)
        self._office = OfficeHours(settings.desk_hours)
        self.stores = Stores(
            desk=Tickets(database.sessions, now, self._due),
            book=FeedbackBook(database.sessions, now),
            hours=DeskHours(self._office, now),
            work=self.work,
            campaigns=Preferences(database.sessions, now),
            off=self.switches.off,
            staff=StaffTalks.of(settings, database, line, self.outbox, self.words),
        )
        self.campaigns = CampaignStores.of(database, settings)
        self.gate = NightGate(self.campaigns.gate(self.switches), now)

    def content(self) -> Content:
        """The content as it is now."""
        return self.live.now

    def words(self) -> Words:
        """The words as they are now."""
        return self.live.now.words

    def _owns(self, hop: Hop, partition: int) -> bool:
        return (self.records if hop == JOURNAL else self.turns).owns(partition)

    def _wake(self, partition: int) -> None:
        for hop in self.hops:
            self.bell.wake(hop, partition)

    def _wake_writer(self, partition: int) -> None:
        self.bell.wake(JOURNAL, partition)

    def _due(self, opened: datetime) -> datetime:
        """When a ticket should have been taken: nights and holidays do not count."""
        return self._office.after(opened, timedelta(minutes=self.settings.desk_minutes))
