"""What is said is kept before it is confirmed, shown once, in order, and found again."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from bot.channels.webchat.mailbox import Letter, Mailbox, Who
from bot.channels.webchat.postman import Postman
from bot.pipeline.inbox import MOST_WAITING
from bot.pipeline.messages import Button
from bot.pipeline.partitions import Keys
from dialogs.talk import Kind

from .client import client_id


async def test_words_are_answered(browser):
    page = await browser.open()
    client = client_id()
    assert await page.say("我想找电焊工的活", client) == {"ack": client}
    assert await page.letters_until("听到：我想找电焊工的活") == [
        "我想找电焊工的活",
        "听到：我想找电焊工的活",
    ]
    mine, answer = page.letters
    assert (mine["who"], mine["client"]) == ("me", client)
    assert (answer["who"], "client" in answer) == ("hotline", False)
    assert {"typing": True} in page.frames


async def test_an_ack_means_kept_in_the_inbox_and_in_the_mailbox(service, browser):
    service.echo.silent = True
    page = await browser.open()
    client = client_id()
    await page.say("有创业补贴吗", client)
    [event] = await service.waiting()
    assert event.heard.text == "有创业补贴吗"
    assert event.dedup == f"{event.urn}:{client}"
    [posted] = await Mailbox(service.line).after(event.urn, "0")
    assert posted.letter == Letter(Who.ME, "有创业补贴吗", client=client)


async def test_a_button_is_heard_as_pressed_and_shown_by_its_label(service, browser):
    page = await browser.open()
    await page.say("按钮：清河县|南和区")
    await page.letters_until("请选择：")
    assert page.letters[-1]["buttons"] == [["清河县", "choice=0"], ["南和区", "choice=1"]]
    await page.send({"id": client_id(), "press": "choice=1", "label": "南和区"})
    assert (await page.letters_until("您按了：choice=1"))[-2] == "南和区"
    assert service.echo.heard[-1].heard.kind is Kind.PRESS


async def test_a_button_can_start_a_script(service, browser):
    page = await browser.open()
    await page.send({"id": client_id(), "press": "/jobs.list?county=清河县", "label": "看岗位"})
    await page.letters_until("您按了：jobs.list?county=清河县=")
    assert service.echo.heard[-1].heard.start == "jobs.list?county=清河县"


async def test_sent_again_under_the_same_id_is_confirmed_but_not_doubled(service, browser):
    service.echo.silent = True
    page = await browser.open()
    client = client_id()
    for _ in range(3):
        assert await page.say("还有名额吗", client) == {"ack": client}
    other = await browser.open(page.last)
    assert await other.say("还有名额吗", client) == {"ack": client}
    assert len(await service.waiting()) == 1
    assert (await browser.open()).texts == ["还有名额吗"]


async def test_a_page_resumes_behind_the_last_letter_it_saw(browser):
    page = await browser.open()
    await page.say("一")
    await page.letters_until("听到：一")
    await page.ws.close()
    away = await browser.open()
    await away.say("二")
    await away.letters_until("听到：二")
    resumed = await browser.open(page.last)
    assert resumed.texts == ["二", "听到：二"]


async def test_a_reload_shows_everything_in_order(browser):
    page = await browser.open()
    for number in range(4):
        await page.say(f"第{number}句")
        await page.letters_until(f"听到：第{number}句")
    reloaded = await browser.open()
    assert reloaded.texts == page.texts
    assert [letter["at"] for letter in reloaded.letters] == sorted(
        (letter["at"] for letter in page.letters), key=lambda at: tuple(map(int, at.split("-")))
    )


async def test_a_long_history_is_shown_whole(service, browser):
    page = await browser.open()
    await page.say("开头")
    await page.letters_until("听到：开头")
    [event] = service.echo.heard
    for number in range(250):
        await service.echo.say(event.urn, f"通知{number}", ref=f"notice.{number}")
    shown = (await browser.open()).texts
    assert shown == ["开头", "听到：开头", *(f"通知{number}" for number in range(250))]


async def test_two_tabs_show_the_same(browser):
    one, two = await browser.open(), await browser.open()
    await one.say("我在第一个窗口")
    await two.say("我在第二个窗口")
    for page in (one, two):
        await page.letters_until("听到：我在第二个窗口")
        await page.letters_until("听到：我在第一个窗口")
    assert sorted(one.texts) == sorted(two.texts)
    assert len(one.texts) == 4


async def test_a_visitor_sees_nothing_of_another(service, browser, browsers):
    page = await browser.open()
    other = await (await browsers(service)).open()
    await page.say("我的电话是13800000000")
    await page.letters_until("听到：我的电话是13800000000")
    await other.quiet()
    assert other.texts == []


async def test_what_is_said_while_nobody_looks_is_found_at_the_next_visit(service, browser):
    page = await browser.open()
    await page.say("有岗位告诉我")
    await page.letters_until("听到：有岗位告诉我")
    await page.ws.close()
    urn = service.echo.heard[0].urn
    await service.echo.say(urn, "新岗位：电焊工", Button("看看", "/jobs"), ref="push.1")
    await service.echo.say(urn, "新岗位：电焊工", Button("看看", "/jobs"), ref="push.1")
    assert (await browser.open(page.last)).texts == ["新岗位：电焊工"]


async def test_a_reply_from_another_process_reaches_the_open_page(service, start, browser):
    page = await browser.open()
    await page.say("你好")
    await page.letters_until("听到：你好")
    elsewhere = await start()
    await elsewhere.echo.say(service.echo.heard[0].urn, "人工回复：您好", ref="ticket.1")
    await page.letters_until("人工回复：您好")


async def test_a_full_inbox_is_no_ack_and_the_same_id_comes_through_later(service, browser):
    service.echo.silent = True
    page = await browser.open()
    await page.say("先说一句")
    [event] = await service.waiting()
    inbox = Keys.of(event.urn).key("inbox")
    fill = "for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'd', '') end"
    await service.line.call("EVAL", fill, 1, inbox, MOST_WAITING)
    client = client_id()
    await page.send({"id": client, "text": "人太多了"})
    assert await page.closed() == 1013
    assert not [frame for frame in page.frames if frame.get("ack") == client]
    await service.line.call("XTRIM", inbox, "MAXLEN", 1)
    again = await browser.open()
    assert await again.say("人太多了", client) == {"ack": client}
    assert (await browser.open()).texts == ["先说一句", "人太多了"]


async def test_without_redis_nothing_is_confirmed_and_afterwards_it_comes_through(
    redis_server, browser
):
    page = await browser.open()
    await page.say("第一句")
    await page.letters_until("听到：第一句")
    redis_server.kill()
    client = client_id()
    await page.send({"id": client, "text": "第二句"})
    assert await page.closed() == 1013
    assert not [frame for frame in page.frames if frame.get("ack") == client]
    redis_server.start()
    again = await browser.open(page.last)
    assert await again.say("第二句", client) == {"ack": client}
    await again.letters_until("听到：第二句")
    assert (await browser.open()).texts == ["第一句", "听到：第一句", "第二句", "听到：第二句"]


async def test_a_letter_put_while_redis_news_were_cut_is_shown_when_they_return(
    service, start, redis_server, browser
):
    page = await browser.open()
    await page.say("你好")
    await page.letters_until("听到：你好")
    redis_server.kill()
    redis_server.start()
    elsewhere = await start()
    await elsewhere.echo.say(service.echo.heard[0].urn, "重启后的回复", ref="after.1")
    async with asyncio.timeout(20):  # well before the look around that follows every beat
        await page.letters_until("重启后的回复")


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_the_postman_ends_when_told_to_whatever_it_is_doing(redis_server, steps):
    async with Redis(unix_socket_path=redis_server.path) as redis:
        running = asyncio.create_task(Postman(redis).run())
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running], timeout=60)
        assert running.done()


async def test_a_silent_line_shows_that_it_lives(start, browsers, quick):
    browser = await browsers(await start(quick))
    page = await browser.open()
    await page.until("beat")


async def test_asked_whether_it_is_there_the_service_says_so(browser):
    page = await browser.open()
    await page.send({"hello": "0"})
    await page.until("ready")
    assert page.texts == []


async def test_a_stopping_service_sends_pages_away_to_come_back(service, browser):
    page = await browser.open()
    closing = asyncio.create_task(service.site.sockets.close())
    assert await page.closed() == 1001
    await closing
    assert (await browser.open()).texts == []


async def test_a_new_user_of_the_browser_finds_nothing(service, browser):
    page = await browser.open()
    await page.say("这是我的事")
    await page.letters_until("听到：这是我的事")
    urn = service.echo.heard[0].urn
    assert (await browser.post("/forget", headers={"Origin": browser.url})).status == 200
    assert await Mailbox(service.line).after(urn, "0") == []
    assert (await browser.open()).texts == []


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
async def test_another_site_cannot_make_a_browser_forget(service, browser, origin):
    page = await browser.open()
    await page.say("这是我的事")
    assert (await browser.post("/forget", headers={"Origin": origin})).status == 403
    assert "这是我的事" in (await browser.open()).texts
