"""The campaigns, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.delivery import Channel
from bot.clock import now
from bot.console.campaign_forms import CampaignForm
from bot.console.directory import Directory
from bot.console.pages.campaigns import CampaignPages
from bot.jobs.campaigns.authors import Authors
from bot.jobs.campaigns.backlog import Backlog
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.feeder import Feeder
from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.jobs.campaigns.gate import CampaignGate
from bot.jobs.campaigns.scribe import Scribe
from bot.jobs.campaigns.wording import CampaignWording
from bot.pipeline.line import Line
from bot.pipeline.messages import Button
from bot.pipeline.outbox import Outbox
from bot.pipeline.switches import Switches
from bot.records.audiences import Audiences
from bot.records.campaign_echoes import Echoes
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.extensions import Extensions
from bot.records.recipients import Recipients
from bot.records.staff import Staff
from bot.settings import Settings
from bot.words import Words
from dialogs.campaigns import options
from dialogs.talk import Reply
from dialogs.work import WorkType

WEB_RATE = 200.0  # messages a second put into mailboxes: no network limits them


@dataclass(frozen=True, slots=True)
class CampaignStores:
    """Where campaigns are kept."""

    campaigns: Campaigns
    recipients: Recipients
    audiences: Audiences
    extensions: Extensions
    echoes: Echoes
    staff: Staff

    @classmethod
    def of(cls, database: Database, settings: Settings) -> CampaignStores:
        """Those of a database."""
        sessions = database.sessions
        return cls(
            Campaigns(sessions, now, settings.campaign_approval),
            Recipients(sessions, now),
            Audiences(sessions, now),
            Extensions(sessions, now),
            Echoes(sessions),
            Staff(sessions, now),
        )

    def gate(self, switches: Switches) -> CampaignGate:
        """What every message of a campaign passes."""
        return CampaignGate(self.recipients, switches.off, now)

    def feeder(
        self, line: Line, outbox: Outbox, switches: Switches, channels: Mapping[str, Channel]
    ) -> Feeder:
        """What sends the running ones."""
        rates = {
            name: WEB_RATE if channel.pace is None else channel.pace.rate
            for name, channel in channels.items()
        }
        return Feeder(
            self.campaigns, self.recipients, outbox, Backlog(line), rates, switches.off, now
        )

    def desk(self, settings: Settings, rates: Mapping[str, float], outbox: Outbox) -> CampaignDesk:
        """What staff do with them."""
        return CampaignDesk(
            self.campaigns,
            self.audiences,
            self.recipients,
            self._freezer(settings),
            _rules(settings),
            rates,
            outbox,
            self.echoes,
            Authors(self.staff, outbox),
            now,
        )

    def scribe(self, settings: Settings) -> Scribe:
        """What writes down whom nobody waits for."""
        return Scribe(self.campaigns, self.extensions, self._freezer(settings), now)

    def _freezer(self, settings: Settings) -> Freezer:
        books = (self.campaigns, self.audiences, self.recipients, self.extensions)
        return Freezer(*books, _rules(settings))


def campaign_pages(
    database: Database,
    settings: Settings,
    outbox: Outbox,
    words: Callable[[], Words],
    directory: Callable[[], Directory],
) -> CampaignPages:
    """The console's pages."""
    rates = rates_of(settings)
    desk = CampaignStores.of(database, settings).desk(settings, rates, outbox)
    form = CampaignForm(
        counties=lambda scope: directory().counties(scope),
        trades=lambda: directory().trades,
        kinds=[it.value for it in WorkType],
        categories=lambda: list(directory().categories),
        channels=list(rates),
    )
    buttons = buttons_of(words)
    return CampaignPages(desk, lambda: CampaignWording(words()), form, buttons, list(rates))


def _rules(settings: Settings) -> Rules:
    return Rules(tuple(rates_of(settings)), settings.campaigns_a_week)


def buttons_of(words: Callable[[], Words]) -> Callable[[int], tuple[Button, ...]]:
    """The buttons under a campaign's message, by its number."""
    return lambda number: words().buttons(Reply("", options=options(number)))


def rates_of(settings: Settings) -> dict[str, float]:
    """How many messages a second each channel may send, by the settings."""
    telegram = {} if settings.telegram_token is None else {"telegram": settings.telegram_rate}
    return {**telegram, "web": WEB_RATE}
