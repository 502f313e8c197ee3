"""Replies to web visitors: into the mailbox, from where their open pages show them."""

from __future__ import annotations

from bot.channels.delivery import Delivery, Pace, Sent
from bot.channels.webchat.mailbox import Letter, Mailbox, Who
from bot.pipeline.messages import Message


class WebChat:
    """The web channel. A visitor who has no page open finds the reply at the next visit."""

    name = "web"
    pace: Pace | None = None

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def calls(self, message: Message) -> int:
        """A letter is one."""
        return 1

    async def send(self, address: str, message: Message) -> Delivery:
        """Put the message into the visitor's mailbox, once by its `ref`. Raises StorageDown."""
        letter = Letter(Who.HOTLINE, message.text, message.buttons)
        return Sent(await self._mailbox.put(f"{self.name}:{address}", message.ref, letter))
