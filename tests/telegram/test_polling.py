from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest
from aiogram import Bot
from structlog.testing import capture_logs

from bot.channels.telegram.callbacks import CallbackAnswers
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.session import JsonSession
from bot.pipeline.inbox import Inbox
from dialogs.talk import Kind
from tests.telegram import faults
from tests.telegram.conftest import Dead, Storage, running, until
from tests.telegram.fakes import TOKEN, FakeTelegram
from tests.telegram.payloads import message


@pytest.fixture
def polling(bot: Bot, inbox: Inbox, answers: CallbackAnswers, dead: Dead) -> Polling:
    return Polling(bot, inbox, answers, dead=dead, hold=5, pauses=(0.1, 0.4))


@pytest.fixture
async def started(polling: Polling) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(polling.run())
    async with running(task):
        yield task


def at_work(polling: Polling) -> AbstractAsyncContextManager[None]:
    return running(asyncio.create_task(polling.run()))


async def words(storage: Storage) -> list[str]:
    return [event.heard.text for event in await storage.kept()]


async def test_what_visitors_do_reaches_the_inbox_in_order(
    started: object, telegram: FakeTelegram, storage: Storage
) -> None:
    for number in range(120):  # more than one batch
        await telegram.says(42, str(number))
    await telegram.presses(42, "a=b")
    await telegram.blocks(42)
    await until(lambda: telegram.pending == 0)
    kept = await storage.kept()
    assert [event.heard.text for event in kept[:120]] == [str(n) for n in range(120)]
    assert [event.heard.kind for event in kept[120:]] == [Kind.PRESS, Kind.LEFT]
    await until(lambda: telegram.answered == ["42-1"])


async def test_nothing_is_confirmed_before_it_is_kept(
    polling: Polling, telegram: FakeTelegram, storage: Storage
) -> None:
    storage.kill()
    with capture_logs():
        async with at_work(polling):
            await telegram.says(42, "找工作")
            await until(lambda: telegram.calls["getUpdates"] >= 4)
            assert telegram.pending == 1
    assert telegram.pending == 1  # and a clean stop confirms nothing either
    await storage.start()
    async with at_work(polling):
        await until(lambda: telegram.pending == 0)
    assert await words(storage) == ["找工作"]


async def test_a_clean_stop_leaves_nothing_to_be_sent_again(
    polling: Polling, telegram: FakeTelegram, storage: Storage
) -> None:
    async with at_work(polling):
        await telegram.says(42, "找工作")
        await until(lambda: telegram.pending == 0)
    async with at_work(polling):
        await telegram.says(42, "电焊工")
        await until(lambda: telegram.pending == 0)
    assert await words(storage) == ["找工作", "电焊工"]


async def test_what_is_sent_again_after_a_kill_is_kept_once(
    bot: Bot,
    inbox: Inbox,
    answers: CallbackAnswers,
    dead: Dead,
    telegram: FakeTelegram,
    storage: Storage,
) -> None:
    await telegram.says(42, "找工作")
    first = Polling(bot, inbox, answers, dead=dead, hold=1)
    telegram.fail(faults.late(0, method="getUpdates"))
    telegram.fail(faults.late(9, method="getUpdates"))  # the one that would confirm
    async with at_work(first):
        await until(lambda: telegram.calls["getUpdates"] == 2)
        kept = await words(storage)
    again = Polling(bot, inbox, answers, dead=dead, hold=1)  # a new process knows no offset
    async with at_work(again):
        await telegram.says(42, "电焊工")
        await until(lambda: telegram.pending == 0)
    assert kept == ["找工作"]
    assert await words(storage) == ["找工作", "电焊工"]


async def test_an_update_that_cannot_be_read_hides_no_other(
    started: object, telegram: FakeTelegram, storage: Storage, dead: Dead
) -> None:
    await telegram.says(42, "找工作")
    await telegram.hears({"message": {"text": "no chat"}})
    await telegram.says(42, "电焊工")
    await until(lambda: telegram.pending == 0)
    assert await words(storage) == ["找工作", "电焊工"]
    ((raw, reason),) = dead.letters
    assert b"no chat" in raw
    assert "message.chat" in reason


@pytest.mark.parametrize("what", [faults.conflict(), faults.unauthorized(method="getUpdates")])
async def test_another_poller_or_a_wrong_token_stops_it_with_a_word(
    polling: Polling, telegram: FakeTelegram, what: faults.Fault
) -> None:
    telegram.fail(what)
    with capture_logs() as logs:
        async with asyncio.timeout(60):
            await polling.run()
    assert [(one["log_level"], one["reason"]) for one in logs] == [("error", what.description)]
    assert telegram.calls["getUpdates"] == 1


async def test_two_pollers_do_not_go_on_side_by_side(
    started: asyncio.Task[None], polling: Polling, telegram: FakeTelegram
) -> None:
    await until(lambda: telegram.calls["getUpdates"] == 1)
    with capture_logs() as logs:
        async with asyncio.timeout(60):
            await polling.run()
    assert "another poller" in logs[0]["event"]
    assert not started.done()


@pytest.mark.parametrize(
    "what",
    [
        faults.bad_gateway(method="getUpdates", times=3),
        faults.hung_up(is_taken=False, method="getUpdates", times=3),
        faults.Fault(body="<html>", method="getUpdates", times=3),
        faults.bad_gateway(method="getWebhookInfo", times=3),
    ],
)
async def test_after_a_failure_it_asks_again(
    started: object, telegram: FakeTelegram, storage: Storage, what: faults.Fault
) -> None:
    telegram.fail(what)
    await telegram.says(42, "找工作")
    await until(lambda: telegram.pending == 0)
    assert await words(storage) == ["找工作"]


async def test_the_pauses_grow_to_a_limit_and_a_flood_says_its_own(
    polling: Polling, telegram: FakeTelegram
) -> None:
    telegram.fail(faults.bad_gateway(method="getUpdates", times=4))
    telegram.fail(faults.flood(1, method="getUpdates"))
    telegram.fail(faults.conflict())
    with capture_logs() as logs:
        async with asyncio.timeout(60):
            await polling.run()
    assert [one["seconds"] for one in logs[:-1]] == [0.1, 0.2, 0.4, 0.4, 1.0]


async def test_after_a_success_the_pauses_begin_anew(
    polling: Polling, telegram: FakeTelegram
) -> None:
    await telegram.says(42, "找工作")  # so that the good call returns at once
    telegram.fail(faults.bad_gateway(method="getUpdates", times=2))
    telegram.fail(faults.late(0, method="getUpdates"))
    telegram.fail(faults.bad_gateway(method="getUpdates"))
    telegram.fail(faults.conflict())
    with capture_logs() as logs:
        async with asyncio.timeout(60):
            await polling.run()
    assert [one["seconds"] for one in logs[:-1]] == [0.1, 0.2, 0.1]


async def test_a_webhook_is_left_with_all_that_waits_for_it(
    polling: Polling, telegram: FakeTelegram, bot: Bot, storage: Storage
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await telegram.says(42, "找工作")
    async with at_work(polling):
        await until(lambda: telegram.pending == 0)
    assert await words(storage) == ["找工作"]
    assert telegram.calls["deleteWebhook"] == 1


async def test_without_a_webhook_none_is_deleted(started: object, telegram: FakeTelegram) -> None:
    await until(lambda: telegram.calls["getUpdates"] == 1)
    assert telegram.calls["deleteWebhook"] == 0


async def test_without_a_network_it_keeps_trying_and_never_logs_the_token(
    inbox: Inbox, answers: CallbackAnswers, dead: Dead, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    bot = Bot(TOKEN, session=JsonSession("http://127.0.0.1:9"))
    polling = Polling(bot, inbox, answers, dead=dead, pauses=(0.05, 0.1))
    with capture_logs() as logs:
        async with at_work(polling):
            await until(lambda: len(logs) >= 3)
    await bot.session.close()
    assert [one["seconds"] for one in logs[:3]] == [0.05, 0.1, 0.1]
    assert TOKEN.partition(":")[2] not in f"{logs}{caplog.text}"


async def test_an_update_id_out_of_all_bounds_does_not_move_the_offset(
    bot: Bot, inbox: Inbox, answers: CallbackAnswers, dead: Dead, telegram: FakeTelegram
) -> None:
    huge = {"update_id": 10**30, "message": message(42, text="x")}
    answer = json.dumps({"ok": True, "result": [huge]})
    telegram.fail(faults.Fault(body=answer, method="getUpdates"))
    polling = Polling(bot, inbox, answers, dead=dead, hold=1)
    async with at_work(polling):
        await telegram.says(42, "找工作")
        await until(lambda: telegram.pending == 0)
    assert len(dead.letters) == 1
