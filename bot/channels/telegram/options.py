"""What an operator may set of Telegram, and what follows from it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.channels.delivery import Pace


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """What an operator may set."""

    token: str = field(repr=False)
    api: str
    webhook: str | None  # the public address Telegram sends to; None: we poll
    secret: str | None = field(repr=False)  # None: made from the token
    pace: Pace

    @property
    def mode(self) -> str:
        """ "polling" or "webhook"."""
        return "polling" if self.webhook is None else "webhook"

    @property
    def path(self) -> str:
        """The path of the webhook."""
        return urlsplit(self.webhook or "").path or "/"

    @property
    def webhook_secret(self) -> str:
        """What Telegram shows to the webhook: the same as long as the token is."""
        return self.secret or hmac.new(self.token.encode(), b"webhook", "sha256").hexdigest()
