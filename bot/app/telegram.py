"""Telegram, put together from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.channels.delivery import Pace
from bot.channels.telegram.joining import JoiningTelegram
from bot.channels.telegram.options import TelegramSettings
from bot.pipeline.dead import DeadLetters
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.channels.telegram.service import TelegramService


def joining_telegram(
    settings: Settings, menu: Mapping[str, str], inbox: Inbox, line: Line
) -> JoiningTelegram:
    """The service of the bot whose token is set."""
    assert settings.telegram_token is not None
    secret = settings.telegram_secret
    options = TelegramSettings(
        token=settings.telegram_token.get_secret_value(),
        api=settings.telegram_api,
        webhook=settings.telegram_webhook,
        secret=None if secret is None else secret.get_secret_value(),
        pace=Pace(settings.telegram_rate, settings.telegram_chat_rate),
    )

    def load() -> TelegramService:
        from bot.channels.telegram.service import TelegramService

        return TelegramService(options, inbox, DeadLetters(line), menu)

    return JoiningTelegram(options, load)
