"""Frames that are none, and pages that do not take part: answered, or shown out."""

from __future__ import annotations

import asyncio
import traceback

import pytest
from structlog.testing import capture_logs

from bot.channels.webchat.identity import urn_of
from bot.pipeline.partitions import Keys

from .client import Browser, client_id, eventually

UNREADABLE = [
    "",
    "hello",
    "null",
    "[]",
    "{}",
    '{"id":',
    '{"text": "没有名字"}',
    '{"id": "short", "text": "名字太短"}',
    '{"id": "client id 1", "text": "名字里有空格"}',
    '{"id": 12345678, "text": "名字是数字"}',
    '{"id": "message-1"}',
    '{"id": "message-1", "text": 7}',
    '{"id": "message-1", "text": ""}',
    '{"id": "message-1", "text": " \\n\\t "}',
    '{"id": "message-1", "text": "\\u0000\\u0001"}',
    '{"id": "message-1", "text": "\\ud800"}',
    '{"id": "message-1", "press": "a=1"}',
    '{"id": "message-1", "press": "", "label": "空"}',
    '{"id": "message-1", "press": 7, "label": "数"}',
    '{"id": "message-1", "press": "q=\\u00001", "label": "零"}',
    '{"id": "message-1", "press": "q=1\\n", "label": "换行"}',
    '{"id": "message-1", "press": "q=' + "长" * 21 + '", "label": "长"}',
    '{"id": "message-1", "press": "q=1", "label": "' + "长" * 201 + '"}',
    '{"id": "message-1", "text": "' + "长" * 2001 + '"}',
    '{"hello": "not an id"}',
    '{"hello": 7}',
    "[" * 5000,
]


@pytest.mark.parametrize("frame", UNREADABLE)
async def test_a_frame_that_is_none_is_answered_and_the_page_stays(service, browser, frame):
    page = await browser.open()
    await page.ws.send_str(frame)
    answer = await page.answer()
    assert answer["error"]
    assert "wait" not in answer
    assert "ack" in await page.say("你好")
    await page.letters_until("听到：你好")
    assert [event.heard.text for event in service.echo.heard] == ["你好"]


async def test_a_binary_frame_is_answered_and_the_page_stays(browser):
    page = await browser.open()
    await page.ws.send_bytes(b'{"id": "message-1", "text": "x"}')
    assert "error" in await page.answer()
    assert "ack" in await page.say("你好")


async def test_the_longest_text_is_taken(browser):
    page = await browser.open()
    assert "ack" in await page.say("长" * 2000)
    await page.letters_until("听到：" + "长" * 2000)


async def test_a_frame_too_large_closes_the_socket(service, browser):
    page = await browser.open()
    await page.send({"id": client_id(), "text": "x" * 16 * 1024})
    assert await page.closed() == 1009
    assert service.echo.heard == []


async def test_a_page_that_talks_nothing_but_nonsense_is_shown_out(browser):
    page = await browser.open()
    for _ in range(31):
        await page.ws.send_str("nonsense")
    assert await page.closed() == 1008


@pytest.mark.parametrize(
    "frame", ["nonsense", '{"id": "message-1", "text": "x"}', '{"hello": "-"}']
)
async def test_who_does_not_say_hello_is_shown_out(browser, frame):
    ws = await browser.socket()
    await ws.send_str(frame)
    await ws.receive()
    assert ws.close_code == 1008


async def test_control_characters_are_left_out_and_everything_else_is_kept(service, browser):
    page = await browser.open()
    text = "<script>alert(1)</script> \u202e \x00\x08\x1b[31m\r\n第二行\t&amp; 😀"
    await page.say(text)
    kept = "<script>alert(1)</script> \u202e [31m\n第二行\t&amp; 😀"
    await page.letters_until(f"听到：{kept}")
    assert service.echo.heard[0].heard.text == kept


async def test_who_says_nothing_at_all_is_shown_out(start, browsers, quick):
    service = await start(quick)
    browser = await browsers(service)
    idle = [await browser.socket() for _ in range(50)]
    page = await browser.open()
    assert "ack" in await page.say("我在说话")
    for ws in idle:
        await ws.receive(timeout=60)
        assert ws.close_code == 1008
    await eventually(lambda: len(service.site.sockets) == 1)


async def test_a_page_that_does_not_read_is_cut_off_and_others_do_not_wait(start, browsers, quick):
    service = await start(quick)
    browser = await browsers(service)
    page = await browser.open()
    await page.say("你好")
    await page.letters_until("听到：你好")
    urn = service.echo.heard[0].urn
    for number in range(100):  # more than the buffers between us hold
        await service.echo.say(urn, "长" * 20_000, ref=f"long.{number}")
    await page.ws.close()
    deaf = [await _unread(browser, service.port) for _ in range(20)]
    other = await (await browsers(service)).open()
    async with asyncio.timeout(10):  # to wait for one of them after the other takes longer
        await other.say("还在吗")
        await other.letters_until("听到：还在吗")
    await eventually(lambda: len(service.site.sockets) == 1)
    assert "ack" in await other.say("还在")
    for writer in deaf:
        writer.transport.abort()


async def _unread(browser: Browser, port: int) -> asyncio.StreamWriter:
    """A socket that says hello and never reads."""
    cookie = browser.cookie("hotline_visitor")
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.transport.pause_reading()
    writer.write(
        (
            "GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Cookie: hotline_visitor={cookie}\r\n\r\n"
        ).encode()
    )
    hello = b'{"hello":"0"}'
    writer.write(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    await writer.drain()
    return writer


async def test_a_failure_of_ours_is_logged_by_urn_and_closes_only_that_page(
    service, browser, browsers
):
    other = await (await browsers(service)).open()
    page = await browser.open()
    service.echo.silent = True  # it would run into the same failure
    urn = urn_of(browser.cookie("hotline_visitor"))
    await service.line.call("SET", Keys.of(urn).key("mailbox", urn), "not a stream")
    with capture_logs() as logs:
        await page.send({"id": client_id(), "text": "我的电话13800000000"})
        assert await page.closed() == 1011
    [entry] = [entry for entry in logs if entry["event"] == "webchat.failed"]
    assert entry["urn"] == urn
    assert "13800000000" not in "".join(traceback.format_exception(entry["exc_info"]))
    assert "ack" in await other.say("你好")
