"""Who may come in, how much they may say, and how the rude are shown out."""

from __future__ import annotations

import aiohttp
import pytest

from bot.channels.webchat.limits import Limits, Rate
from bot.channels.webchat.routes import WebChatSettings

from .client import Browser, client_id

# --- origin --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1.evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}@evil.example",
        "http://evil.example:{port}",
        "file://",
    ],
)
async def test_a_page_of_another_site_cannot_open_a_socket(service, browser, origin):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.socket(Origin=origin.format(port=service.port))
    assert refused.value.status == 403
    assert len(service.site.sockets) == 0


async def test_another_name_of_the_service_may_be_allowed(start, browsers):
    settings = WebChatSettings(origins=frozenset({"https://hotline.example"}))
    browser = await browsers(await start(settings))
    await browser.open(Origin="https://hotline.example")


async def test_behind_a_proxy_the_scheme_is_the_visitors(start, browsers):
    proxied = await browsers(await start(WebChatSettings(trust_proxy=True)))
    outside = {"Host": "hotline.example", "X-Forwarded-Proto": "https"}
    await proxied.open(Origin="https://hotline.example", **outside)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await proxied.open(Origin="http://hotline.example", **outside)


async def test_without_a_proxy_nobody_can_claim_another_scheme(service, browser):
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await browser.open(
            Origin=service.url.replace("http:", "https:"), **{"X-Forwarded-Proto": "https"}
        )


async def test_a_browser_without_a_cookie_is_told_to_load_the_page(service):
    stranger = Browser(service.url)
    ws = await stranger.socket()
    assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
    assert ws.close_code == 4401
    await stranger.close()


@pytest.mark.parametrize("token", ["x", "x" * 23, "中" * 22, "../../../../etc/passwd", "a b" * 8])
async def test_a_made_up_cookie_is_no_identity(service, token):
    stranger = Browser(service.url, headers={"Cookie": f"hotline_visitor={token}"})
    ws = await stranger.socket()
    await ws.receive()
    assert ws.close_code == 4401
    await stranger.close()


# --- how much ------------------------------------------------------------------------------------


async def test_a_hasty_visitor_is_asked_to_wait_and_then_heard(start, browsers, clock):
    service = await start(clocks={"clock": clock})
    service.echo.silent = True
    page = await (await browsers(service)).open()
    for number in range(10):
        assert "ack" in await page.say(f"第{number}句")
    client = client_id()
    refused = await page.say("第十一句", client)
    assert refused["id"] == client
    assert refused["wait"] == 0.5
    assert len(await service.waiting()) == 10
    clock.pass_seconds(refused["wait"])
    assert await page.say("第十一句", client) == {"ack": client}
    assert len(await service.waiting()) == 11


async def test_a_second_tab_does_not_double_what_a_visitor_may_say(start, browsers, clock):
    browser = await browsers(await start(clocks={"clock": clock}))
    one, two = await browser.open(), await browser.open()
    for _ in range(5):
        assert "ack" in await one.say("一")
        assert "ack" in await two.say("二")
    assert "wait" in await one.say("一")
    assert "wait" in await two.say("二")


async def test_one_address_cannot_talk_for_everybody(start, browsers, clock):
    limits = Limits(address=Rate(1.0, 15))
    service = await start(WebChatSettings(limits=limits), clocks={"clock": clock})
    said = 0
    for _ in range(4):
        page = await (await browsers(service)).open()
        for _ in range(10):
            said += "ack" in await page.say("你好")
    assert said == 15


async def test_one_address_can_hold_only_so_many_sockets(start, browsers, quick):
    service = await start(WebChatSettings(limits=Limits(sockets_an_address=3)))
    browser = await browsers(service)
    pages = [await browser.open() for _ in range(3)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.open()
    assert refused.value.status == 429
    await pages.pop().ws.close()
    await browser.open()


async def test_one_address_can_open_only_so_many_sockets_in_a_row(start, browsers, clock):
    limits = Limits(arrivals=Rate(1.0, 2))
    service = await start(WebChatSettings(limits=limits), clocks={"clock": clock})
    browser = await browsers(service)
    for _ in range(2):
        await (await browser.open()).ws.close()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.open()
    assert refused.value.status == 429
    clock.pass_seconds(1)
    await browser.open()


async def test_the_service_holds_only_so_many_sockets_in_all(start, browsers):
    service = await start(
        WebChatSettings(trust_proxy=True, limits=Limits(sockets=2, sockets_an_address=2))
    )
    browser = await browsers(service)
    for number in range(2):
        await browser.open(**{"X-Forwarded-For": f"198.51.100.{number}"})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.open(**{"X-Forwarded-For": "198.51.100.9"})
    assert refused.value.status == 429


@pytest.mark.parametrize(
    ("trusted", "first", "second", "same"),
    [
        (False, "198.51.100.1", "198.51.100.2", True),
        (True, "198.51.100.1", "198.51.100.2", False),
        (True, "203.0.113.1, 198.51.100.1", "203.0.113.2, 198.51.100.1", True),
        (True, "198.51.100.1, 203.0.113.1", "198.51.100.1, 203.0.113.2", False),
        (True, "2001:db8:1:2::a", "2001:db8:1:2:ffff::b", True),
        (True, "2001:db8:1:2::a", "2001:db8:1:3::a", False),
        (True, "::ffff:198.51.100.1", "198.51.100.1", True),
    ],
)
async def test_whose_socket_it_is(start, browsers, trusted, first, second, same):
    limits = Limits(sockets_an_address=1)
    service = await start(WebChatSettings(trust_proxy=trusted, limits=limits))
    browser = await browsers(service)
    await browser.open(**{"X-Forwarded-For": first})
    if same:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.open(**{"X-Forwarded-For": second})
    else:
        await browser.open(**{"X-Forwarded-For": second})
