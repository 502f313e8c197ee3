"""Tells Telegram, at the start, what it has to know of this bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from aiogram import Bot
from aiogram.types import BotCommand, User, WebhookInfo

from bot.channels.telegram.updates import ALLOWED

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram sends updates to."""

    url: str
    secret: str = field(repr=False)
    max_connections: int = 40


async def connect(
    bot: Bot, commands: Mapping[str, str], webhook: Address | None = None, *, force: bool = False
) -> User:
    """Make sure of the token, the command menu (name -> words) and, if given, the webhook.

    Changes only what differs. Telegram does not tell the webhook's secret: `force` sets it anew.
    Pending updates are never dropped. Raises AiogramError when Telegram refuses or is not there.
    """
    me = await bot.get_me()
    await _name_commands(bot, commands)
    if webhook is not None:
        await _set_webhook(bot, webhook, force)
    return me


async def _name_commands(bot: Bot, commands: Mapping[str, str]) -> None:
    # Compared as pairs: to pydantic a command that was received is never one that was made here.
    known = [(one.command, one.description) for one in await bot.get_my_commands()]
    if known != list(commands.items()):
        wanted = [BotCommand(command=name, description=words) for name, words in commands.items()]
        await bot.set_my_commands(wanted)
        log.info("command menu set", commands=list(commands))


async def _set_webhook(bot: Bot, webhook: Address, force: bool) -> None:
    if not force and _is_set(await bot.get_webhook_info(), webhook):
        return
    await bot.set_webhook(
        webhook.url,
        secret_token=webhook.secret,
        allowed_updates=ALLOWED,
        max_connections=webhook.max_connections,
    )
    log.info("webhook set")


def _is_set(info: WebhookInfo, webhook: Address) -> bool:
    return (
        info.url == webhook.url
        and set(info.allowed_updates or ()) == set(ALLOWED)
        and info.max_connections in (None, webhook.max_connections)
    )
