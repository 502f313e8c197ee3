"""Telegram, put together from the settings."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.delivery import Pace
from bot.channels.telegram.service import TelegramService, TelegramSettings
from bot.pipeline.dead import DeadLetters
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line
from bot.settings import Settings


def telegram_service(
    settings: Settings, menu: Mapping[str, str], inbox: Inbox, line: Line
) -> TelegramService:
    """The service of the bot whose token is set."""
    assert settings.telegram_token is not None
    secret = settings.telegram_secret
    return TelegramService(
        TelegramSettings(
            token=settings.telegram_token.get_secret_value(),
            api=settings.telegram_api,
            webhook=settings.telegram_webhook,
            secret=None if secret is None else secret.get_secret_value(),
            pace=Pace(settings.telegram_rate, settings.telegram_chat_rate),
        ),
        inbox,
        DeadLetters(line),
        menu,
    )
