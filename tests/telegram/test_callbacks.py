from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from structlog.testing import capture_logs

from bot.channels.telegram.callbacks import AT_ONCE, MOST_WAITING, CallbackAnswers
from tests.telegram import faults
from tests.telegram.conftest import running, until
from tests.telegram.fakes import FakeTelegram

METHOD = "answerCallbackQuery"


async def test_queries_are_answered_side_by_side(
    answers: CallbackAnswers, telegram: FakeTelegram
) -> None:
    telegram.fail(faults.late(120.0, method=METHOD, times=AT_ONCE))
    for number in range(AT_ONCE):
        answers.answer(str(number))
    await until(lambda: len(telegram.answered) == AT_ONCE)


async def test_a_query_that_is_too_old_is_no_matter(
    answers: CallbackAnswers, telegram: FakeTelegram
) -> None:
    said = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    telegram.fail(faults.Fault(400, said, method=METHOD))
    with capture_logs() as logs:
        answers.answer("old")
        await until(lambda: telegram.calls[METHOD] == 1)
        answers.answer("new")
        await until(lambda: telegram.answered == ["new"])
    assert logs == []


@pytest.mark.parametrize(
    "fault",
    [
        faults.bad_gateway(method=METHOD, times=AT_ONCE),
        faults.flood(60, method=METHOD, times=AT_ONCE),
        faults.hung_up(is_taken=False, method=METHOD, times=AT_ONCE),
        faults.unauthorized(method=METHOD, times=AT_ONCE),
    ],
)
async def test_no_failure_ends_the_answering(
    answers: CallbackAnswers, telegram: FakeTelegram, fault: faults.Fault
) -> None:
    telegram.fail(fault)
    with capture_logs() as logs:
        for number in range(AT_ONCE):
            answers.answer(str(number))
        await until(lambda: len(logs) == AT_ONCE)
        answers.answer("good")
        await until(lambda: telegram.answered == ["good"])


async def test_of_too_many_the_oldest_are_dropped(bot: Bot, telegram: FakeTelegram) -> None:
    answers = CallbackAnswers(bot)
    for number in range(MOST_WAITING + 3):
        answers.answer(str(number))
    async with running(asyncio.create_task(answers.run())):
        await until(lambda: len(telegram.answered) == MOST_WAITING)
    assert sorted(map(int, telegram.answered))[0] == 3
