"""What visitors said is kept as long as they were told, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.pipeline.messages import HeardLine, SaidLine
from bot.records.database import Database
from bot.records.retention import Retention
from bot.records.transcripts import Transcripts
from bot.records.unanswered import Unanswered

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEPT = timedelta(days=180)


def lines(name: str, at: datetime) -> list[tuple[str, HeardLine | SaidLine]]:
    when = at.timestamp()
    heard = HeardLine(name, "web:a", when, "问", "words")
    said = SaidLine(name, f"{name}.0", "web:a", when, "答", [], "policy", "declined", [], {}, "问")
    return [(f"1-{name}-0", heard), (f"1-{name}-1", said)]


async def test_what_is_too_old_is_forgotten_and_nothing_else(database: Database) -> None:
    transcripts = Transcripts(database.sessions)
    second = timedelta(seconds=1)
    await transcripts.write(lines("1", NOW - KEPT - second) + lines("2", NOW - KEPT + second))
    retention = Retention(database.sessions, KEPT, lambda: NOW)
    assert await retention.purge() == 3
    assert await retention.purge() == 0
    assert [spoken.event for spoken in await transcripts.of("web:a", 10)] == ["2", "2"]
    assert len(await Unanswered(database.sessions).latest(10)) == 1
