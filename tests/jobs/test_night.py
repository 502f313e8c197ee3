"""Nothing that nobody asked for rings by night, however late the queue is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.jobs.night import NightGate
from bot.pipeline.gate import Held, OpenGate
from bot.pipeline.messages import Message


@pytest.mark.parametrize(
    ("hour_in_utc", "held"),
    [(0, False), (12, False), (13, True), (23, True)],  # 8:00, 20:00, 21:00 and 7:00 in Xingtai
)
@pytest.mark.parametrize("ref", ["followup:7:web:1", "application:7:hired:web:1"])
async def test_a_question_waits_for_the_morning(ref: str, hour_in_utc: int, held: bool) -> None:
    gate = NightGate(OpenGate(), lambda: datetime(2026, 3, 2, hour_in_utc, tzinfo=UTC))
    message = Message("web:1", ref, "还在干吗")
    assert gate.minds(message)
    assert gate.holds(message) is held
    assert isinstance(await gate.verdict(message), Held) is held


async def test_an_answer_comes_at_any_hour() -> None:
    gate = NightGate(OpenGate(), lambda: datetime(2026, 3, 2, 19, tzinfo=UTC))
    answer = Message("web:1", "17-1526919030474-0.0", "答复")
    assert not gate.minds(answer)
    assert await gate.verdict(answer) is None
