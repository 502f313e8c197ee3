"""Every row of what the Bot API may answer, and what becomes of the message."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import exceptions as ex
from aiogram.methods import SendMessage

from bot.channels.delivery import Delivery, Gone, Halted, Moved, Refused, Sent, Unsure, Wait
from bot.channels.telegram.errors import (
    RECONNECT_WAIT,
    UNSAID_WAIT,
    NotConnected,
    delivery_of,
)

CALL = SendMessage(chat_id=13812345678, text="我的电话 13812345678")
TOKEN = "700000001:AAF-fake_token_0123456_of_the_hotline"


def bad(said: str) -> ex.TelegramBadRequest:
    return ex.TelegramBadRequest(CALL, f"Bad Request: {said}")


def forbidden(said: str) -> ex.TelegramForbiddenError:
    return ex.TelegramForbiddenError(CALL, f"Forbidden: {said}")


@pytest.mark.parametrize(
    ("error", "delivery"),
    [
        (ex.TelegramRetryAfter(CALL, "Too Many Requests: retry after 3", 3), Wait(3.0)),
        (ex.TelegramRetryAfter(CALL, "Too Many Requests", 10072), Wait(10072.0)),
        (ex.TelegramAPIError(CALL, "Too Many Requests: retry after 7"), Wait(7.0)),
        (ex.TelegramAPIError(CALL, "Too Many Requests"), Wait(UNSAID_WAIT)),
        (
            ex.TelegramMigrateToChat(CALL, "Bad Request: upgraded", -1001234567890),
            Moved("-1001234567890"),
        ),
        (bad("message is not modified: specified new message content ..."), Sent()),
        (bad("query is too old and response timeout expired or query ID is invalid"), Sent()),
    ],
)
def test_what_is_not_an_error_to_the_visitor(error: Exception, delivery: Delivery) -> None:
    assert delivery_of(error) == delivery


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (forbidden("bot was blocked by the user"), Gone),
        (forbidden("user is deactivated"), Gone),
        (forbidden("bot was kicked from the supergroup chat"), Gone),
        (bad("INPUT_USER_DEACTIVATED"), Gone),
        (bad("chat not found"), Refused),
        (bad("PEER_ID_INVALID"), Refused),
        (bad("can't parse entities: unclosed tag"), Refused),
        (bad("message is too long"), Refused),
        (bad("BUTTON_DATA_INVALID"), Refused),
        (bad("message text is empty"), Refused),
        (ex.TelegramEntityTooLarge(CALL, "Request Entity Too Large"), Refused),
        (ex.TelegramAPIError(CALL, "Payment Required"), Refused),
        (TypeError("str is not valid UTF-8: surrogates not allowed"), Refused),
        (ValueError("invalid literal for int()"), Refused),
        (ex.TelegramUnauthorizedError(CALL, "Unauthorized"), Halted),
        (ex.TelegramNotFound(CALL, "Not Found"), Halted),
        (ex.TelegramConflictError(CALL, "Conflict: terminated by other getUpdates"), Halted),
        (ex.TelegramServerError(CALL, "Internal Server Error"), Unsure),
        (ex.RestartingTelegram(CALL, "restart"), Unsure),
        (ex.TelegramNetworkError(CALL, "Request timeout error"), Unsure),
        (ex.ClientDecodeError("Failed to decode object", ValueError("x"), "<html>502"), Unsure),
        (TimeoutError(), Unsure),
        (ConnectionResetError(), Unsure),
        (asyncio.CancelledError(), Unsure),
    ],
)
def test_what_becomes_of_a_message_that_failed(error: BaseException, kind: type[Delivery]) -> None:
    assert type(delivery_of(error)) is kind


def test_a_bot_api_that_cannot_be_reached_has_sent_nothing() -> None:
    assert delivery_of(NotConnected(CALL, "ClientConnectorError")) == Wait(RECONNECT_WAIT)


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        TOKEN.replace(":", "%3A"),
        "13812345678",
        "138 1234 5678",
        "+86-138-1234-5678",
        "130503199001011234",
        "13050319900101123X",
    ],
)
@pytest.mark.parametrize(
    "kind", [ex.TelegramBadRequest, ex.TelegramForbiddenError, ex.TelegramServerError]
)
def test_a_reason_never_holds_a_token_or_a_number(
    kind: type[ex.TelegramAPIError], secret: str
) -> None:
    delivery = delivery_of(kind(CALL, f"can't parse entities: unsupported tag {secret} at 5"))
    assert isinstance(delivery, Refused | Gone | Unsure)
    assert secret not in delivery.reason
    assert secret[-6:] not in delivery.reason
    assert "unsupported tag" in delivery.reason
