"""What a visitor sees and does, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bot.channels.webchat.limits import Limits, Rate
from bot.channels.webchat.routes import WebChatSettings

from .visitor import WORDS

pytestmark = pytest.mark.browser


async def test_words_are_sent_confirmed_and_answered(service, visit):
    visitor = await visit(service.url)
    await visitor.types("我想找电焊工的活")
    await visitor.sees("听到：我想找电焊工的活")
    assert await visitor.conversation() == ["我想找电焊工的活", "听到：我想找电焊工的活"]
    own = visitor.page.locator(".letter.me")
    await expect(own.locator("time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    await expect(own).not_to_have_class(re.compile("waiting"))
    await expect(visitor.page.locator(".day")).to_have_text(WORDS["today"])


async def test_an_example_question_can_be_pressed(service, visit):
    visitor = await visit(service.url)
    await visitor.presses(WORDS["opener_2"])
    await visitor.sees("听到：" + WORDS["opener_2"])


async def test_a_person_is_one_press_away(service, visit):
    visitor = await visit(service.url)
    await visitor.presses(WORDS["person"])
    await visitor.sees("听到：" + WORDS["person_says"])


async def test_a_button_answers_and_earlier_buttons_step_back_but_stay(service, visit):
    visitor = await visit(service.url)
    await visitor.types("按钮：清河县|南和区")
    await visitor.presses("南和区")
    await visitor.sees("您按了：choice=1")
    assert (await visitor.conversation())[-2:] == ["南和区", "您按了：choice=1"]
    weight = "element => getComputedStyle(element).fontWeight"
    earlier = visitor.page.get_by_role("button", name="清河县", exact=True)
    assert await earlier.evaluate(weight) == "400"
    await earlier.click()
    await visitor.sees("您按了：choice=0")


async def test_a_second_press_by_a_slip_of_the_finger_is_none(service, visit):
    visitor = await visit(service.url)
    await visitor.types("按钮：清河县|南和区")
    await visitor.page.get_by_role("button", name="南和区", exact=True).dblclick()
    await visitor.sees("您按了：choice=1")
    await visitor.types("然后呢")
    await visitor.sees("听到：然后呢")
    assert (await visitor.conversation()).count("南和区") == 1


async def test_everything_can_be_done_with_the_keyboard(service, visit):
    visitor = await visit(service.url)
    page = visitor.page
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name=WORDS["skip"])).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label(WORDS["input"])).to_be_focused()
    await page.keyboard.type("按钮：清河县|南和区")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("别的县")
    await page.keyboard.press("Enter")
    last = page.get_by_role("button", name="南和区\n别的县")
    await expect(last).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await expect(last).to_be_focused()
    outline = await last.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Enter")
    await visitor.sees("您按了：choice=1")


async def test_enter_while_choosing_chinese_characters_does_not_send(service, visit):
    visitor = await visit(service.url)
    await visitor.page.get_by_label(WORDS["input"]).fill("dian'han")
    await visitor.page.get_by_label(WORDS["input"]).dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True}
    )
    await visitor.types("电焊工")
    await visitor.sees("听到：电焊工")
    assert await visitor.conversation() == ["电焊工", "听到：电焊工"]


async def test_a_slow_answer_is_announced(service, visit):
    service.echo.silent = True
    visitor = await visit(service.url)
    await visitor.types("有补贴吗")
    typing = visitor.page.get_by_role("status").filter(has_text=WORDS["typing"])
    await expect(typing).to_be_visible()
    service.echo.silent = False
    await visitor.sees("听到：有补贴吗")
    await expect(typing).to_be_hidden()


async def test_a_reload_shows_what_was_said(service, visit):
    visitor = await visit(service.url)
    for text in ("一", "二"):
        await visitor.types(text)
        await visitor.sees(f"听到：{text}")
    said = await visitor.conversation()
    await visitor.page.reload()
    await visitor.is_connected()
    assert await visitor.conversation() == said


async def test_two_tabs_show_the_same(service, visit):
    one = await visit(service.url)
    two = await visit(service.url, one.page.context)
    await one.types("在第一个窗口说")
    await two.sees("听到：在第一个窗口说")
    await two.types("在第二个窗口说")
    await one.sees("听到：在第二个窗口说")
    assert await one.conversation() == await two.conversation()


async def test_a_new_answer_is_shown_from_its_beginning(service, visit):
    visitor = await visit(service.url)
    await visitor.types("说长一点" + "，说长一点" * 150)
    answer = visitor.page.locator(".letter.hotline")
    await expect(answer).to_be_in_viewport()
    top = await answer.evaluate("element => element.getBoundingClientRect().top")
    header = await visitor.page.locator("header").bounding_box()
    assert header is not None
    assert header["height"] <= top < 250
    below = visitor.page.get_by_role("button", name=WORDS["new_below"])
    await below.click()
    await expect(below).to_be_hidden()


async def test_who_reads_further_up_is_not_pulled_down(service, visit):
    visitor = await visit(service.url)
    for number in range(9):
        await visitor.types(f"第{number}句")
        await visitor.sees(f"听到：第{number}句")
    view = visitor.page.locator("#view")
    await view.evaluate("element => { element.scrollTop = 0; }")
    await visitor.page.wait_for_timeout(100)
    urn = service.echo.heard[0].urn
    await service.echo.say(urn, "新岗位：电焊工", ref="push.1")
    await expect(visitor.page.get_by_role("button", name=WORDS["new_below"])).to_be_visible()
    assert await view.evaluate("element => element.scrollTop") == 0


async def test_who_has_read_everything_sees_what_comes_next(service, visit):
    visitor = await visit(service.url)
    await visitor.page.clock.install()
    await visitor.page.reload()
    await visitor.is_connected()
    await visitor.types("有岗位告诉我")
    await visitor.sees("听到：有岗位告诉我")
    for number in range(8):
        await visitor.page.clock.fast_forward(4_000)
        urn = service.echo.heard[0].urn
        await service.echo.say(urn, f"新岗位{number}\n" + "电焊工\n" * 4, ref=f"push.{number}")
        last = visitor.page.locator(".letter.hotline").nth(number + 1)
        await expect(last).to_be_in_viewport(ratio=0.9)


async def test_a_hasty_visitor_is_heard_in_full_and_in_order(start, visit):
    limits = Limits(visitor=Rate(5.0, 2))
    service = await start(WebChatSettings(limits=limits))
    visitor = await visit(service.url)
    for number in range(6):
        await visitor.types(f"第{number}句")
    await visitor.sees("听到：第5句")
    heard = [event.heard.text for event in service.echo.heard]
    assert heard == [f"第{number}句" for number in range(6)]
    own = await visitor.page.locator(".letter.me .said").all_inner_texts()
    assert own == heard


async def test_what_the_service_will_not_take_can_be_changed_and_sent(service, visit):
    visitor = await visit(service.url)
    await visitor.page.evaluate("document.getElementById('input').removeAttribute('maxlength')")
    await visitor.types("长" * 2001)
    failed = visitor.page.locator(".letter.failed")
    await expect(failed).to_contain_text(WORDS["too_long"])
    await visitor.types("短一点")
    await visitor.sees("听到：短一点")
    await visitor.presses(WORDS["edit"])
    await expect(failed).to_have_count(0)
    box = visitor.page.get_by_label(WORDS["input"])
    await expect(box).to_be_focused()
    assert await box.input_value() == "长" * 2001
    await visitor.types("长")
    await visitor.sees("听到：长")


async def test_what_was_not_sent_for_days_is_not_sent_unasked(service, visit):
    """The service would no longer know whether it has heard it."""
    visitor = await visit(service.url)
    await visitor.page.evaluate(
        """() => {
            const made = Date.now() - 41 * 3600 * 1000;
            const items = [
                {id: "from-old-1", made, text: "旧话"},
                {id: "from-old-2", made, press: "choice=1", label: "旧按钮"},
                {id: "from-old-3", made: Date.now(), text: "新话"},
            ];
            const key = "hotline164.unsent." + document.body.dataset.visitor;
            localStorage.setItem(key, JSON.stringify(items));
        }"""
    )
    await visitor.page.reload()
    await visitor.sees("听到：新话")
    await expect(visitor.page.locator(".letter.failed")).to_have_count(2)
    assert [event.heard.text for event in service.echo.heard] == ["新话"]
    await visitor.presses(WORDS["resend"])
    await visitor.sees("您按了：choice=1")


async def test_who_types_too_much_is_told_how_much_is_left(service, visit):
    visitor = await visit(service.url)
    await visitor.page.get_by_label(WORDS["input"]).fill("长" * 1950)
    await expect(visitor.page.locator("#room")).to_have_text(
        WORDS["room_left"].replace("{count}", "50")
    )
