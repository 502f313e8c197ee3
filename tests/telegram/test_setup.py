from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError

from bot.channels.telegram.session import JsonSession
from bot.channels.telegram.setup import Address, connect
from bot.channels.telegram.updates import ALLOWED
from tests.telegram.fakes import FakeTelegram

HOOK = Address("https://hotline.example/telegram", "s3cret_-", max_connections=20)


async def test_the_bot_is_known_afterwards(bot: Bot) -> None:
    assert (await connect(bot, {})).id == 700000001


async def test_the_menu_is_set_once(bot: Bot, telegram: FakeTelegram) -> None:
    for _ in range(2):
        await connect(bot, {"menu": "菜单", "help": "帮助"})
    assert telegram.calls["setMyCommands"] == 1
    await connect(bot, {"menu": "主菜单", "help": "帮助"})
    assert telegram.calls["setMyCommands"] == 2
    assert [one.description for one in await bot.get_my_commands()] == ["主菜单", "帮助"]


async def test_the_webhook_is_set_once_with_the_updates_we_need(
    bot: Bot, telegram: FakeTelegram
) -> None:
    for _ in range(2):
        await connect(bot, {}, HOOK)
    assert telegram.calls["setWebhook"] == 1
    info = await bot.get_webhook_info()
    assert (info.url, info.allowed_updates, info.max_connections) == (HOOK.url, ALLOWED, 20)


@pytest.mark.parametrize(
    "other",
    [
        Address("https://hotline.example/other", HOOK.secret, 20),
        Address(HOOK.url, HOOK.secret, 40),
    ],
)
async def test_a_webhook_that_differs_is_set_anew(
    bot: Bot, telegram: FakeTelegram, other: Address
) -> None:
    await connect(bot, {}, HOOK)
    await connect(bot, {}, other)
    assert telegram.calls["setWebhook"] == 2


async def test_a_webhook_that_asks_for_too_little_is_set_anew(
    bot: Bot, telegram: FakeTelegram
) -> None:
    await bot.set_webhook(HOOK.url, allowed_updates=["message"], max_connections=20)
    await connect(bot, {}, HOOK)
    assert set((await bot.get_webhook_info()).allowed_updates or ()) == set(ALLOWED)


async def test_a_new_secret_is_set_by_force(bot: Bot, telegram: FakeTelegram) -> None:
    await connect(bot, {}, HOOK)
    await connect(bot, {}, HOOK, force=True)
    assert telegram.calls["setWebhook"] == 2


async def test_what_waits_is_not_dropped(bot: Bot, telegram: FakeTelegram) -> None:
    await telegram.says(42, "找工作")
    await connect(bot, {"menu": "菜单"}, Address("http://127.0.0.1:9/hook", "s"), force=True)
    assert telegram.pending == 1


async def test_a_wrong_token_is_told_without_quoting_it(telegram: FakeTelegram) -> None:
    bot = Bot("700000001:AAF-another_token_of_the_hotline_98765", JsonSession(telegram.base))
    with pytest.raises(TelegramUnauthorizedError) as caught:
        await connect(bot, {})
    assert "another_token" not in str(caught.value)
    await bot.session.close()


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(HOOK)
