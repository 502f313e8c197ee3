"""Logs are JSON lines, and nothing in them tells who somebody is or opens a door."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import masked, start_logging

Lines = Callable[[], list[dict[str, Any]]]
TOKEN = "700000001:AAF-fake_token_of_the_hotline_0123456"


@pytest.fixture
def logged() -> Iterator[Lines]:
    """Everything logged so far, line by line."""
    stream = io.StringIO()
    with redirect_stderr(stream):
        start_logging("info")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    start_logging("warning")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我的电话13812345678，急", "我的电话138****5678，急"),
        ("+8613812345678", "+86138****5678"),
        ("8613812345678", "86138****5678"),
        ("008613812345678", "0086138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("+86 138 1234 5678", "+86 138****5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("13812345678/15912345678", "138****5678/159****5678"),
        ("身份证130503199001011234", "身份证130503********1234"),
        ("13050319900101123x", "130503********123x"),
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot***/getMe"),
        (TOKEN.replace(":", "%3A"), "***"),
        ("redis://:geheim@h:6379/0", "redis://:***@h:6379/0"),
        ("postgresql://u:geh@eim@h/x", "postgresql://u:***@h/x"),
        ("postgresql://u:geh/eim@h/x", "postgresql://u:***@h/x"),
        ("Error handling request from 203.0.113.9", "Error handling request from ***"),
        ("Error handling request from 2001:db8::1", "Error handling request from ***"),
    ],
)
def test_what_is_personal_or_secret_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "17-1795300000000-0",  # a turn
        "telegram:5123456789",
        "web:9f86d081884c7d659a2feaa0c55ad015",
        "2026-11-22T03:36:15.138123Z",
        "http://127.0.0.1:8164/",
        "redis://127.0.0.1:6379/0",
        "12333",
        "1795300000.138",
    ],
)
def test_what_operators_need_is_left(text: str) -> None:
    assert masked(text) == text


@given(st.text(), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text())
def test_a_phone_number_is_masked_whatever_stands_around_it(a: str, phone: str, b: str) -> None:
    assert phone not in masked(f"{a} {phone} {b}")


def test_a_line_is_json_with_level_and_time(logged: Lines) -> None:
    structlog.get_logger().info("turn.taken", urn="web:a", seconds=0.5, words=["好", None])
    [line] = logged()
    assert line["timestamp"].endswith("Z")
    del line["timestamp"]
    assert line == {
        "event": "turn.taken", "level": "info", "urn": "web:a", "seconds": 0.5,
        "words": ["好", None],
    }  # fmt: skip


def test_values_of_every_kind_are_masked(logged: Lines) -> None:
    class Visitor:
        def __str__(self) -> str:
            return "王 13812345678"

    structlog.get_logger().warning(
        "x",
        visitor=Visitor(),
        nested={"of": ["13812345678", {"id": "130503199001011234"}]},
        number=13812345678,
        raw=b"13812345678",
        error=ValueError("13812345678"),
    )
    [line] = logged()
    assert "13812345678" not in json.dumps(line)
    assert line["visitor"] == "王 138****5678"
    assert line["nested"] == {"of": ["138****5678", {"id": "130503********1234"}]}


def test_an_exception_is_logged_with_its_trace_and_without_what_it_quotes(logged: Lines) -> None:
    try:
        raise ConnectionError(f"redis://:geheim@h/0 for 13812345678 by {TOKEN}")
    except ConnectionError:
        structlog.get_logger().exception("turn.hopeless")
        logging.getLogger("somebody.else").exception("failed for 13812345678")
    ours, theirs = logged()
    for line in (ours, theirs):
        assert "ConnectionError: redis://:***@h/0 for 138****5678 by ***" in line["exception"]
        assert "geheim" not in json.dumps(line)
    assert theirs["event"] == "failed for 138****5678"


def test_what_libraries_log_has_the_same_form(logged: Lines) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "203.0.113.9")
    logging.getLogger("aiohttp.server").debug("not at this level")
    [line] = logged()
    assert (line["event"], line["level"]) == ("Error handling request from ***", "error")
    assert set(line) == {"event", "level", "timestamp"}


def test_visitors_addresses_are_not_logged_with_every_request(logged: Lines) -> None:
    logging.getLogger("aiohttp.access").info('203.0.113.9 "GET / HTTP/1.1" 200')
    assert logged() == []


def test_what_a_forgotten_task_raised_is_masked_too(logged: Lines) -> None:
    async def run() -> None:
        handler = asyncio.get_running_loop().call_exception_handler
        handler({"message": "Task exception", "exception": ValueError("13812345678")})

    asyncio.run(run())
    [line] = logged()
    assert "ValueError: 138****5678" in line["exception"]
