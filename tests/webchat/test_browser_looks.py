"""Small screens, large type, screen readers."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.pipeline.messages import Button

from .service import Service
from .visitor import PHONE, SMALLEST, WORDS, Visitor

pytestmark = pytest.mark.browser


async def fill_page(service: Service, visitor: Visitor) -> None:
    await visitor.types("按钮：清河县|南和区|这个回答没有说到我想问的事情")
    await visitor.sees("请选择：")
    urn = service.echo.heard[0].urn
    text = "https://rsj.example/" + "a" * 200 + "\n" + "长" * 300 + "x" * 200
    await service.echo.say(urn, text, Button("长" * 60, "q=1"), Button("好", "q=2"), ref="long.1")
    await visitor.sees(text)


@pytest.mark.parametrize("size", [SMALLEST, PHONE, {"width": 1366, "height": 768}])
async def test_nothing_is_cut_off_at_the_side(service, visit, size):
    visitor = await visit(service.url, viewport=size)
    await fill_page(service, visitor)
    wide = await visitor.page.evaluate(
        """() => [...document.querySelectorAll("html, body, #view, #view *, header *, form *")]
            .filter((one) => !one.closest(".unseen"))
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5
                || (getComputedStyle(one).display !== "inline"
                    && one.scrollWidth > one.clientWidth + 1))
            .map((one) => [one.outerHTML.slice(0, 60), one.scrollWidth - one.clientWidth])"""
    )
    assert wide == []


async def test_everything_to_press_is_large_enough(service, visit):
    visitor = await visit(service.url, viewport=SMALLEST)
    await fill_page(service, visitor)
    await visitor.page.locator("summary").click()
    small = await visitor.page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, summary")]
            .filter((one) => one.offsetParent)
            .map((one) => [one.textContent, one.offsetWidth, one.offsetHeight])
            .filter(([, width, height]) => width < 44 || height < 44)"""
    )
    assert small == []


async def test_type_is_large_and_its_contrast_is_high(service, visit):
    visitor = await visit(service.url, viewport=SMALLEST)
    await fill_page(service, visitor)
    await visitor.page.locator("summary").click()
    measured = await visitor.page.evaluate(CONTRAST)
    assert len(measured) > 15
    assert [one for one in measured if one["contrast"] < 7] == []
    assert [one for one in measured if one["size"] < 16] == []
    said = [one for one in measured if one["class"] == "said"]
    assert all(one["size"] >= 18 for one in said)


CONTRAST = """() => {
    const light = (color) => {
        const [r, g, b] = color.map((c) => c / 255)
            .map((c) => c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const ground = (one) => {
        for (; one; one = one.parentElement) {
            const style = getComputedStyle(one);
            const colors = style.backgroundImage.match(/rgba?\\([^)]*\\)/g);
            if (colors) return colors.map(parse).sort((a, b) => light(b) - light(a))[0];
            const color = parse(style.backgroundColor);
            if (color[3] !== 0) return color;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll("body *")]
        .filter((one) => [...one.childNodes].some((it) => it.nodeType === 3 && it.data.trim()))
        .filter((one) => one.offsetParent && !one.closest(".unseen"))
        .map((one) => {
            const style = getComputedStyle(one);
            const pair = [light(parse(style.color).slice(0, 3)), light(ground(one).slice(0, 3))];
            return {
                text: one.textContent.slice(0, 20),
                class: one.className,
                size: parseFloat(style.fontSize),
                contrast: (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05),
            };
        });
}"""


async def test_a_screen_reader_finds_its_way(service, visit):
    visitor = await visit(service.url)
    page = visitor.page
    await visitor.types("按钮：清河县|南和区")
    await visitor.sees("请选择：")
    assert await page.locator("html").get_attribute("lang") == "zh-CN"
    assert await page.title() == WORDS["name"]
    await expect(page.get_by_role("heading", level=1)).to_have_text(WORDS["name"])
    await expect(page.get_by_role("banner")).to_have_count(1)
    await expect(page.get_by_role("main")).to_have_count(1)
    log = page.get_by_role("log", name=WORDS["log"])
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_have_attribute("aria-busy", "false")
    await expect(page.get_by_role("textbox", name=WORDS["input"])).to_have_count(1)
    await expect(page.get_by_role("group", name=WORDS["options"])).to_have_count(1)
    spoken = await log.locator(".letter").all_text_contents()
    assert spoken[0].startswith(WORDS["who_me"])
    assert spoken[1].startswith(WORDS["who_hotline"])


async def test_confirming_words_does_not_read_them_out_again(service, visit):
    service.echo.silent = True
    visitor = await visit(service.url)
    await visitor.page.evaluate(
        """() => {
            window.added = [];
            new MutationObserver((changes) => changes.forEach((change) =>
                change.addedNodes.forEach((node) => added.push(node.className)))
            ).observe(document.getElementById("log"), {childList: true});
        }"""
    )
    await visitor.types("你好")
    await expect(visitor.page.locator(".letter.me time")).to_have_count(1)
    added = await visitor.page.evaluate("added")
    assert len([name for name in added if name.startswith("letter")]) == 1


async def test_larger_type_of_the_visitors_choice_is_obeyed(service, visit):
    visitor = await visit(service.url, viewport=SMALLEST)
    size = "() => parseFloat(getComputedStyle(document.querySelector('h2')).fontSize)"
    before = await visitor.page.evaluate(size)
    session = await visitor.page.context.new_cdp_session(visitor.page)
    await session.send("Page.enable")
    await session.send("Page.setFontSizes", {"fontSizes": {"standard": 24}})
    await visitor.page.reload()
    assert await visitor.page.evaluate(size) == pytest.approx(before * 1.5)


async def test_who_wants_no_motion_gets_none(service, visit):
    service.echo.silent = True
    visitor = await visit(service.url, reduced_motion="reduce")
    await visitor.types("你好")
    dot = visitor.page.locator(".dots i").first
    await expect(dot).to_be_visible()
    assert await dot.evaluate("dot => getComputedStyle(dot).animationName") == "none"
