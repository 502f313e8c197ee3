"""The line breaks, the page is loaded anew: nothing is lost, nothing doubled."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .process import ServiceProcess
from .service import running
from .visitor import WORDS

pytestmark = pytest.mark.browser


DIE = """() => {
    const send = WebSocket.prototype.send;
    let dead = null;
    WebSocket.prototype.send = function (frame) {
        dead = dead || this;
        if (this !== dead) send.call(this, frame);
    };
}"""  # the socket in use looks open and carries nothing


async def test_what_is_typed_while_the_service_is_away_arrives_once_and_in_order(
    redis_server, visit
):
    async with running(redis_server.path) as service:
        port = service.port
        visitor = await visit(service.url)
        visitor.may_lose_the_line = True
        await visitor.types("第一句")
        await visitor.sees("听到：第一句")
    status = visitor.page.locator("#state")
    await expect(status).to_have_text(WORDS["reconnecting"])
    await visitor.types("第二句")
    await visitor.types("第三句")
    await expect(visitor.page.locator(".waiting")).to_have_count(2)
    async with running(redis_server.path, port=port) as service:
        await visitor.sees("听到：第三句")
        await expect(visitor.page.locator(".waiting")).to_have_count(0)
        await expect(status).to_be_hidden()
        assert [event.heard.text for event in service.echo.heard] == ["第二句", "第三句"]
        said = await visitor.conversation()
        assert sorted(said) == sorted(
            ["第一句", "听到：第一句", "第二句", "听到：第二句", "第三句", "听到：第三句"]
        )
        await visitor.page.reload()
        await visitor.is_connected()
        assert await visitor.conversation() == said


async def test_what_is_on_its_way_stands_behind_what_has_its_place(service, visit):
    service.echo.silent = True
    visitor = await visit(service.url)
    await visitor.types("一")
    await expect(visitor.page.locator(".letter.me time")).to_have_count(1)
    [event] = await service.waiting()
    await visitor.page.evaluate(DIE)
    for text in ("二", "三"):
        await visitor.types(text)
    await service.echo.say(event.urn, "答一", ref="answer.1")
    await visitor.sees("答一")
    assert await visitor.conversation() == ["一", "答一", "二", "三"]


async def test_what_was_not_sent_survives_a_reload(redis_server, service, visit):
    visitor = await visit(service.url)
    visitor.may_lose_the_line = True
    redis_server.kill()
    await visitor.types("没有发出去的话")
    await expect(visitor.page.locator(".waiting")).to_have_count(1)
    await visitor.page.reload()
    await visitor.sees("没有发出去的话")
    redis_server.start()
    await visitor.sees("听到：没有发出去的话")
    assert await visitor.conversation() == ["没有发出去的话", "听到：没有发出去的话"]


@pytest.mark.kill
async def test_killed_again_and_again_the_service_loses_and_doubles_nothing(redis_server, visit):
    process = ServiceProcess(redis_server.path)
    await process.start()
    visitor = await visit(process.url)
    visitor.may_lose_the_line = True
    said = [f"第{number}句" for number in range(12)]
    for number, text in enumerate(said):
        await visitor.types(text)
        if number % 4 == 1:
            await process.kill()
            await process.start()
    for text in said:
        await visitor.sees(f"听到：{text}")
    await visitor.page.reload()
    await visitor.is_connected()
    shown = await visitor.conversation()
    assert [text for text in shown if not text.startswith("听到")] == said
    assert [text for text in shown if text.startswith("听到")] == [f"听到：{it}" for it in said]
    await process.kill()


async def test_a_line_that_died_silently_is_replaced_when_nothing_is_confirmed(service, visit):
    visitor = await visit(service.url)
    clock = visitor.page.clock
    await clock.install()
    await visitor.page.reload()
    await visitor.is_connected()
    await visitor.page.evaluate(DIE)
    await visitor.types("有人吗")
    await clock.fast_forward(9_000)
    await expect(visitor.page.locator(".waiting")).to_have_count(1)
    await clock.fast_forward(2_000)
    await visitor.sees("听到：有人吗")
    assert len(service.echo.heard) == 1


async def test_whoever_comes_back_to_the_page_finds_a_living_line(service, visit):
    visitor = await visit(service.url)
    clock = visitor.page.clock
    await clock.install()
    await visitor.page.reload()
    await visitor.is_connected()
    await visitor.page.evaluate(DIE)
    await clock.fast_forward(40_000)
    await visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await clock.fast_forward(6_000)
    await expect(visitor.page.locator("body[data-state=ready]")).to_be_visible()
    await visitor.types("我回来了")
    await visitor.sees("听到：我回来了")
