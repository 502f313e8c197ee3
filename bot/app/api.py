"""The API, put together: whose keys open it, and everything that can be done."""

from __future__ import annotations

from collections.abc import Callable

from bot.api.campaigns import CampaignOperations
from bot.api.keys import Keys
from bot.api.openings import OpeningOperations, OpeningStores
from bot.api.site import ApiSite
from bot.app.campaigns import CampaignStores, buttons_of, rates_of
from bot.clock import now
from bot.console.brake import Brake
from bot.console.directory import Directory
from bot.jobs.campaigns.wording import CampaignWording
from bot.network import Network
from bot.pipeline.line import Line
from bot.pipeline.outbox import Outbox
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.openings import Openings
from bot.records.references import References
from bot.records.staff import Staff
from bot.records.supply import Supply
from bot.records.tokens import Tokens
from bot.settings import Settings
from bot.words import Words


def api(
    settings: Settings,
    words: Callable[[], Words],
    directory: Callable[[], Directory],
    line: Line,
    database: Database,
    outbox: Outbox,
) -> ApiSite:
    """The whole API."""
    sessions, rates = database.sessions, rates_of(settings)
    audit = Audit(sessions, now)
    network = Network(settings.web_trust_proxy, frozenset(settings.web_origins))
    keys = Keys(Tokens(sessions, now), Staff(sessions, now), Brake(line), audit, network)
    desk = CampaignStores.of(database, settings).desk(settings, rates, outbox)
    campaigns = CampaignOperations(
        desk, lambda: CampaignWording(words()), buttons_of(words), list(rates)
    )
    stores = OpeningStores(Openings(sessions, now), Supply(sessions, now), References(sessions))
    openings = OpeningOperations(stores, directory)
    operations = (*campaigns.operations(), *openings.operations())
    return ApiSite(operations, keys, audit, words, network, now)
