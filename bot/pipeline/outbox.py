"""What the hotline says unasked: pushes, campaigns, a person's answer, reminders.

It enters by the same door as replies do: rendered, into the visitor's outbox, and journaled.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.pipeline.doorbell import JOURNAL, Doorbell
from bot.pipeline.line import Line, LuaScript
from bot.pipeline.messages import Lane, Message, SaidLine, channel_of, pack_line
from bot.pipeline.partitions import Keys
from bot.words import Words
from dialogs.talk import Reply

REMEMBERED = 30 * 24 * 3600  # seconds that the same words are not said again

_say = LuaScript.load("say")


class Outbox:
    """Says things to visitors who did not just ask."""

    def __init__(
        self,
        line: Line,
        bell: Doorbell,
        words: Callable[[], Words],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._line = line
        self._bell = bell
        self._words = words
        self._clock = clock

    async def say(
        self, urn: str, reply: Reply, key: str, lane: Lane = Lane.INTERACTIVE, once: bool = False
    ) -> bool:
        """Say it; False when `key` was said to this visitor before.

        `once`: should the service die while sending it, leave it rather than send it twice.
        Raises StorageDown.
        """
        now, words = self._clock(), self._words()
        ref = f"{key}:{urn}"
        text, buttons = words.render(reply), words.buttons(reply)
        labels = [button.label for button in buttons]
        script = reply.words.partition(".")[0]
        cited = list(reply.policies)
        line = SaidLine(
            key, ref, urn, now, text, labels, script, reply.outcome, cited, reply.evidence
        )
        return await self.put(Message(urn, ref, text, buttons, now, once), line, lane)

    async def put(self, message: Message, line: SaidLine, lane: Lane) -> bool:
        """Say what is rendered already; False when a message of this `ref` was said before. Raises
        StorageDown."""
        keys = Keys.of(message.urn)
        hop = lane.outbox(channel_of(message.urn))
        said = await self._line.script(
            _say,
            (keys.key("said", message.ref), keys.key(hop), keys.key("journal")),
            REMEMBERED,
            packed := message.pack(),
            journal := pack_line(line),
        )
        if not said:
            return False
        in_outbox, in_journal = said
        self._bell.hand_all(hop, keys.partition, in_outbox, [packed], [message])
        self._bell.hand_all(JOURNAL, keys.partition, in_journal, [journal], [line])
        return True
