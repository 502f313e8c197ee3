from __future__ import annotations

import pytest
from aiogram import Bot
from structlog.testing import capture_logs

from bot.channels.delivery import Gone, Halted, Moved, Pace, Refused, Sent, Unsure, Wait
from bot.channels.telegram.channel import Telegram, keyboard_of
from bot.channels.telegram.errors import RECONNECT_WAIT, UNSAID_WAIT
from bot.channels.telegram.session import JsonSession
from bot.pipeline.messages import Button, Message
from tests.telegram import faults
from tests.telegram.fakes import FakeTelegram


@pytest.fixture
def channel(bot: Bot) -> Telegram:
    return Telegram(bot, Pace(28.0))


def message(text: str, *labels: str, ref: str = "e.1") -> Message:
    return Message("telegram:42", ref, text, tuple(Button(one, f"q={one}") for one in labels))


def rows(*labels: str) -> list[list[str]]:
    keyboard = keyboard_of([Button(label, "x") for label in labels])
    assert keyboard is not None
    return [[key["text"] for key in row] for row in keyboard["inline_keyboard"]]


async def test_a_message_arrives_as_it_is_with_its_buttons(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    sent = await channel.send("42", message("哪个县？<b>*_`", "清河县", "南和区"))
    (taken,) = telegram.sent
    assert sent == Sent(str(taken.id))
    assert (taken.chat, taken.text) == (42, "哪个县？<b>*_`")
    assert taken.buttons == [[["清河县", "q=清河县"], ["南和区", "q=南和区"]]]


async def test_a_long_text_comes_in_pieces_and_the_buttons_under_the_last(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    first, second = "一。" * 1500, "二。" * 1500
    sent = await channel.send("42", message(f"{first}\n\n{second}", "好"))
    assert telegram.texts(42) == [first, second]
    assert [one.buttons for one in telegram.sent] == [[], [[["好", "q=好"]]]]
    assert sent == Sent(str(telegram.sent[-1].id))


@pytest.mark.parametrize(
    "fault", [faults.flood(2), faults.bad_gateway(), faults.hung_up(is_taken=False)]
)
async def test_a_long_text_broken_off_goes_on_where_it_stopped(
    channel: Telegram, telegram: FakeTelegram, fault: faults.Fault
) -> None:
    text = "\n\n".join(["一。" * 1500, "二。" * 1500, "三。" * 1500])
    telegram.fail(faults.late(0, times=2))  # two pieces go through
    telegram.fail(fault)
    assert isinstance(await channel.send("42", message(text)), Wait | Unsure)
    assert isinstance(await channel.send("42", message("别的", ref="e.2")), Sent)
    assert isinstance(await channel.send("42", message(text)), Sent)
    assert [text[0] for text in telegram.texts(42)] == ["一", "二", "别", "三"]
    assert isinstance(await channel.send("42", message(text)), Sent)  # it was told in full
    assert [text[0] for text in telegram.texts(42)][4:] == ["一", "二", "三"]


@pytest.mark.parametrize(
    ("fault", "delivery"),
    [
        (faults.flood(3), Wait(3.0)),
        (faults.flood(None), Wait(UNSAID_WAIT)),
        (faults.migrated(-1009), Moved("-1009")),
        (faults.blocked(), Gone("Forbidden: bot was blocked by the user")),
        (faults.chat_not_found(), Refused("Bad Request: chat not found")),
        (faults.unauthorized(), Halted("Unauthorized")),
        (faults.bad_gateway(), Unsure("HTTP 502")),
        (faults.Fault(500, "Internal Server Error"), Unsure("HTTP 500")),
        (faults.Fault(200, body="<html>hotel login</html>"), Unsure("ClientDecodeError")),
        (faults.Fault(302, body=""), Unsure("ClientDecodeError")),
        (faults.hung_up(is_taken=True), Unsure("ServerDisconnectedError")),
    ],
)
async def test_every_fault_of_the_bot_api_is_a_delivery(
    channel: Telegram, telegram: FakeTelegram, fault: faults.Fault, delivery: object
) -> None:
    telegram.fail(fault)
    assert await channel.send("42", message("您好")) == delivery
    assert len(telegram.sent) == fault.is_taken
    assert isinstance(await channel.send("42", message("您好")), Sent)


async def test_a_time_out_is_unsure(channel: Telegram, telegram: FakeTelegram, bot: Bot) -> None:
    bot.session.timeout = 0.2
    telegram.fail(faults.late(5))
    assert isinstance(await channel.send("42", message("您好")), Unsure)
    assert telegram.texts(42) == ["您好"]


async def test_a_bot_api_that_is_not_there_has_taken_nothing() -> None:
    bot = Bot("700000001:AAF-fake", session=JsonSession("http://127.0.0.1:9"))
    assert await Telegram(bot, None).send("42", message("您好")) == Wait(RECONNECT_WAIT)
    await bot.session.close()


@pytest.mark.parametrize("text", ["", " \n "])
async def test_nothing_to_say_is_refused(channel: Telegram, text: str) -> None:
    assert await channel.send("42", message(text, "好")) == Refused("no words")


@pytest.mark.parametrize(
    ("address", "text"), [("9f-web", "您好"), ("42", "坏字\ud800"), ("0", "您好")]
)
async def test_what_cannot_be_sent_is_refused(
    channel: Telegram, telegram: FakeTelegram, address: str, text: str
) -> None:
    with capture_logs():
        assert isinstance(await channel.send(address, message(text)), Refused)
    assert not telegram.sent


async def test_a_button_that_sends_too_much_is_refused(channel: Telegram) -> None:
    pressed = Message("telegram:42", "e.1", "您好", (Button("好", "x" * 65),))
    assert isinstance(await channel.send("42", pressed), Refused)


def test_short_labels_stand_side_by_side_and_long_ones_alone() -> None:
    assert rows("对", "重填", "取消") == [["对", "重填", "取消"]]
    assert rows("对", "重填", "取消", "人工") == [["对", "重填", "取消"], ["人工"]]
    assert rows("灵活就业社保补贴", "一次性求职补贴") == [["灵活就业社保补贴", "一次性求职补贴"]]
    assert rows("高校毕业生灵活就业社会保险补贴", "返回") == [
        ["高校毕业生灵活就业社会保险补贴"],
        ["返回"],
    ]
    assert rows("南和区", "高新技术开发区", "清河县") == [["南和区", "高新技术开发区"], ["清河县"]]


def test_no_buttons_are_no_keyboard() -> None:
    assert keyboard_of(()) is None
