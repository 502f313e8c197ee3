"""Whatever anybody writes, the page shows it as text."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.pipeline.messages import Button

pytestmark = pytest.mark.browser


HOSTILE = [
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<a href=javascript:window.hacked=1>点我</a>",
    "javascript:window.hacked=1",
    'https://x.example/"onmouseover=window.hacked=1//',
    "https://x.example/'><script>window.hacked=1</script>",
    "https://javascript:window.hacked=1@x.example",
    "</p></div><style>*{display:none}</style>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><button>确定",
    "{{7*7}}${7*7}<%=7*7%>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "\u202e\u2066txet siht\u2069",
    "constructor",
    "__proto__",
    "<math><mtext></p><img src onerror=window.hacked=1>",
    "<details open ontoggle=window.hacked=1>",
    "<!--<img src=--><img src=x onerror=window.hacked=1>",
]


async def test_hostile_text_is_only_text(service, visit):
    visitor = await visit(service.url)
    await visitor.types("你好")
    await visitor.sees("听到：你好")
    urn = service.echo.heard[0].urn
    for number, text in enumerate(HOSTILE):
        button = Button(text, "q=" + text[:20])
        await service.echo.say(urn, text, button, ref=f"hostile.{number}")
    await service.echo.say(urn, "完了", ref="hostile.end")
    await visitor.sees("完了")
    said = await visitor.page.locator(".hotline .said").evaluate_all(
        "all => all.map((one) => one.textContent)"
    )
    assert said[1:-1] == HOSTILE
    buttons = visitor.page.locator(".options button")
    assert await buttons.evaluate_all("all => all.map((one) => one.textContent)") == HOSTILE
    await buttons.first.click()
    await visitor.types(HOSTILE[1])
    await visitor.sees("听到：" + HOSTILE[1])
    await visitor.page.reload()
    await visitor.sees("完了")
    made = "#log script, #log img, #log svg, #log iframe, #log style, #log base, #log form"
    assert await visitor.page.locator(made).count() == 0
    assert await visitor.page.evaluate("window.hacked") is None
    for link in await visitor.page.locator("#log a").all():
        assert (await link.get_attribute("href") or "").startswith("https://")
        assert "noopener" in (await link.get_attribute("rel") or "")
        assert await link.evaluate("link => link.attributes.length") == 4


async def test_an_address_can_be_followed(service, visit):
    visitor = await visit(service.url)
    await visitor.types("你好")
    await visitor.sees("听到：你好")
    text = "详见 https://rsj.example/a?b=1&c=%E4%B8%AD，或 http://plain.example 。"
    await service.echo.say(service.echo.heard[0].urn, text, ref="link.1")
    links = visitor.page.locator("#log a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://rsj.example/a?b=1&c=%E4%B8%AD")
    await expect(links).to_have_attribute("target", "_blank")
