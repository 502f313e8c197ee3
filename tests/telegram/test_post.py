"""Staff in Telegram: an account is bound, a campaign is written there with words or a picture, and
everybody gets it once. The whole service as a process, and Telegram at the other end."""

from __future__ import annotations

import asyncio
import html
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiogram import Bot

from bot.channels.delivery import Gone, Refused, Sent, Wait
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.text import CAPTION
from bot.channels.telegram.updates import read
from bot.clock import now
from bot.pipeline.messages import Button, Message
from bot.records.audit import Audit
from bot.records.campaign_rows import State
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.preferences import Preferences
from bot.records.staff import Staff
from dialogs.talk import Heard
from tests.console.client import Clerk
from tests.forks import fast
from tests.service import Process, hotline, prepared
from tests.telegram import faults
from tests.telegram.emulator import Taken
from tests.telegram.fakes import FakeTelegram
from tests.telegram.payloads import DATE, message, person
from tests.whole.records import until

PASSWORD = "ganz-neues-wort-7"
FORWARDED = "【招聘会】周六上午九点，人民公园。\n\n报名电话 13000000000。"
PICTURE = "AgACAgUAAx-plakat"
GROUP = {"id": -100, "type": "group", "title": "老乡群"}
ANNA, EVE, CROWD = 600_000_001, 600_000_002, (700_000_001, 700_000_002, 700_000_003)
BUTTON = (Button("感兴趣", "/campaign.interested"),)


@pytest.mark.parametrize("said", ["/start bind_abc234", "bind_abc234", " /start@bot bind_abc234 "])
def test_a_code_is_known_by_its_looks(said: str) -> None:
    update = {"update_id": 5, "message": message(42, text=said)}
    event = read(update, Bot("700000001:AAF-fake"), 9.0).event
    assert event is not None
    assert event.heard == Heard(start="bind?code=abc234")


@pytest.mark.parametrize("said", ["bind_", "bind_a-b", f"bind_{'x' * 41}", "请看 bind_abc234"])
def test_what_only_resembles_a_code_is_none(said: str) -> None:
    update = {"update_id": 5, "message": message(42, text=said)}
    event = read(update, Bot("700000001:AAF-fake"), 9.0).event
    assert event is not None
    assert event.heard == Heard(said)


@pytest.fixture
def channel(bot: Bot, telegram: FakeTelegram) -> Telegram:
    telegram.keeps(PICTURE)
    return Telegram(bot, None)


def poster(text: str, picture: str = f"telegram:{PICTURE}") -> Message:
    return Message("telegram:42", "c1.1", text, BUTTON, 0.0, True, picture)


def seen(telegram: FakeTelegram) -> list[tuple[str, str, bool]]:
    return [(one.picture, one.text, bool(one.buttons)) for one in telegram.sent]


@pytest.mark.parametrize("text", ["周六招聘会", "会" * CAPTION, "🎪" * (CAPTION // 2)])
async def test_words_that_fit_stand_under_the_picture(
    channel: Telegram, telegram: FakeTelegram, text: str
) -> None:
    assert channel.calls(poster(text)) == 1
    assert await channel.send("42", poster(text)) == Sent(str(telegram.sent[0].id))
    assert seen(telegram) == [(PICTURE, text, True)]


@pytest.mark.parametrize("text", ["会" * (CAPTION + 1), "🎪" * (CAPTION // 2 + 1)])
async def test_longer_words_follow_the_picture(
    channel: Telegram, telegram: FakeTelegram, text: str
) -> None:
    assert channel.calls(poster(text)) == 2
    assert await channel.send("42", poster(text)) == Sent(str(telegram.sent[-1].id))
    assert seen(telegram) == [(PICTURE, "", False), ("", text, True)]


@pytest.mark.parametrize("fault", [faults.flood(2), faults.bad_gateway()])
async def test_a_picture_that_has_arrived_does_not_come_again(
    channel: Telegram, telegram: FakeTelegram, fault: faults.Fault
) -> None:
    text = "会" * 2000
    telegram.fail(fault)  # of sendMessage: the picture goes through
    assert not isinstance(await channel.send("42", poster(text)), Sent)
    assert isinstance(await channel.send("42", poster(text)), Sent)
    assert seen(telegram) == [(PICTURE, "", False), ("", text, True)]


@pytest.mark.parametrize(
    ("fault", "delivery"),
    [
        (faults.flood(3, method="sendPhoto"), Wait(3.0)),
        (faults.blocked(method="sendPhoto"), Gone("Forbidden: bot was blocked by the user")),
        (faults.chat_not_found(method="sendPhoto"), Refused("Bad Request: chat not found")),
    ],
)
async def test_what_befalls_a_picture_is_a_delivery(
    channel: Telegram, telegram: FakeTelegram, fault: faults.Fault, delivery: object
) -> None:
    telegram.fail(fault)
    assert await channel.send("42", poster("您好")) == delivery
    assert telegram.sent == []


async def test_a_picture_that_telegram_does_not_have_is_refused(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    assert isinstance(await channel.send("42", poster("您好", "telegram:gone")), Refused)
    assert telegram.sent == []


async def test_a_picture_of_another_network_is_left_out(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    await channel.send("42", poster("您好", "wechat:media-1"))
    assert seen(telegram) == [("", "您好", True)]


@dataclass
class House:
    """The service, Telegram, and the admin at the console."""

    telegram: FakeTelegram
    service: Process
    database: Database
    admin: Clerk

    @property
    def campaigns(self) -> Campaigns:
        return Campaigns(self.database.sessions, now, 500)

    async def is_done(self, campaign: int) -> None:
        async with asyncio.timeout(60):
            while (await self.campaigns.get(campaign)).state is not State.DONE:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def got(self, text: str) -> Counter[int]:
        """How often each chat got that."""
        return Counter(one.chat for one in self.telegram.sent if one.text == text)

    async def code(self) -> tuple[str, str]:
        """A code from the console, and the link that sends it."""
        await self.admin.opens("/console/account/telegram")
        page = await self.admin.sends("/console/account/telegram/code")
        [code] = re.findall(r">(bind_[a-z0-9]+)<", page.text)
        [link] = re.findall(r'href="(https://t\.me/[^"]+)"', page.text)
        return code, html.unescape(link)


class Account:
    """Somebody's Telegram account."""

    def __init__(self, house: House, chat: int) -> None:
        self.house = house
        self.chat = chat
        self.urn = f"telegram:{chat}"
        self._seen = len(self.messages)

    @property
    def messages(self) -> list[Taken]:
        return [one for one in self.house.telegram.sent if one.chat == self.chat]

    async def says(self, text: str, answers: int = 1) -> str:
        await self.house.telegram.says(self.chat, text)
        return await self.is_told(answers)

    async def sends(self, answers: int = 1, **what: Any) -> str:
        await self.house.telegram.hears({"message": message(self.chat, **what)})
        return await self.is_told(answers)

    async def presses(self, label: str, answers: int = 1) -> str:
        await self.house.telegram.presses(self.chat, self.sends_of(label))
        return await self.is_told(answers)

    def sends_of(self, label: str) -> str:
        every = (key for one in reversed(self.messages) for row in one.buttons for key in row)
        return next(send for words, send in every if words == label)

    async def is_told(self, answers: int) -> str:
        """The last of so many new messages."""
        await until(lambda: len(self.messages) >= self._seen + answers)
        new = self.messages[self._seen :]
        self._seen += len(new)
        assert len(new) == answers, new
        return new[-1].text

    async def is_never_quiet(self) -> None:
        """Nothing waits for the morning."""
        await Preferences(self.house.database.sessions, now).be_quiet(self.urn, 0, 0)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with FakeTelegram() as telegram:
        settings = {
            "SEMANTIC": "false",
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API": telegram.base,
            "TELEGRAM_CHAT_RATE": "100",
            "PUBLIC_URL": "https://164.example",
        }
        with fast(hotline(prepared(tmp_path), **settings)) as service:
            await service.start_beside()
            file = tmp_path / "var" / "hotline.db"
            database = await Database.open(f"sqlite:///{file}")
            admin = await _admin(service)
            yield House(telegram, service, database, admin)
            await admin.leaves()
            await database.close()
            await asyncio.to_thread(service.stop)


async def _admin(service: Process) -> Clerk:
    """The admin that the first start has made, with a password of their own."""
    first = await asyncio.to_thread(service.first_password)
    clerk = Clerk(f"http://127.0.0.1:{service.port}")
    await clerk.signs_in("admin", first)
    await clerk.opens("/console/password")
    await clerk.sends("/console/password", old=first, new=PASSWORD, again=PASSWORD)
    return clerk


@pytest.mark.process
async def test_from_the_code_to_the_last_recipient(house: House) -> None:
    """Bound, written, looked at, tried, sent once; and with a picture; and then disabled."""
    anna, eve, *crowd = (Account(house, chat) for chat in (ANNA, EVE, *CROWD))
    for account in (anna, eve, *crowd):
        await account.says("/start", 2)
        await account.is_never_quiet()
    await _is_bound(house, anna, eve)
    await _writes_what_was_forwarded(house, anna)
    await _writes_with_a_picture(house, anna)
    await _is_let_go(house, anna)
    await _is_disabled(house, anna)
    acts = [(it.staff, it.action) for it in await Audit(house.database.sessions, now).latest(99)]
    assert ("-", "telegram_refused") in acts
    assert {f"campaign_{it}" for it in ("draft", "test", "start")} | {"telegram_bound"} <= {
        action for staff, action in acts if staff == "admin"
    }
    log = house.service.log.read_text()
    assert "Traceback" not in log
    assert "bind_" not in log


async def _is_bound(house: House, anna: Account, eve: Account) -> None:
    code, link = await house.code()
    assert link.endswith(f"?start={code}")
    assert "哪一类" not in await eve.says("/post")
    assert "不对" in await eve.says("/start bind_23456789abcd")
    assert "绑好了" in await anna.says(f"/start {code}")
    assert "用过了" in await eve.says(code)
    assert "哪一类" not in await eve.says("发通知")
    shown = await house.admin.opens("/console/account/telegram")
    assert "已经绑定 600****01" in shown.text


async def _writes_what_was_forwarded(house: House, anna: Account) -> None:
    group = {**message(anna.chat, text="/post"), "chat": GROUP}
    await house.telegram.hears({"message": group})  # nobody hears it
    assert "哪一类" in await anna.says("/post")
    await anna.presses("岗位")
    origin = {"type": "user", "date": DATE, "sender_user": person(9)}
    assert "发给谁" in await anna.sends(text=FORWARDED, forward_origin=origin)
    await anna.presses("全部")
    preview = await anna.presses("不设")
    assert "能发 5 人" in preview
    assert "130****0000" in preview
    assert "https://164.example/console/campaigns/1" in preview
    send = anna.sends_of("现在发")
    await anna.presses("发给自己看看", 2)
    assert FORWARDED in [one.text for one in anna.messages[-2:]]
    for _ in range(2):
        await house.telegram.presses(anna.chat, send)
    await house.is_done(1)
    await anna.is_told(3)  # twice that it is sent, and once what is sent
    assert house.got(FORWARDED) == Counter({ANNA: 2, EVE: 1, **dict.fromkeys(CROWD, 1)})
    steps = [it.action for it in await house.campaigns.history(1)]
    assert steps == ["draft", "change", "freeze", "frozen", "start", "done"]


async def _writes_with_a_picture(house: House, anna: Account) -> None:
    await anna.says("发通知")
    await anna.presses("培训")
    await house.telegram.shows(ANNA, PICTURE)
    await anna.is_told(2)
    assert "这张图片没有文字" in anna.messages[-2].text
    await house.telegram.shows(ANNA, PICTURE, "周日有电焊培训。")
    await anna.is_told(1)
    await anna.presses("全部")
    assert "正文上面有图片" in await anna.presses("不设")
    await anna.presses("现在发", 2)
    await house.is_done(2)
    sent = [one for one in house.telegram.sent if one.picture]
    assert {(one.picture, one.text) for one in sent} == {(PICTURE, "周日有电焊培训。")}
    assert Counter(one.chat for one in sent) == Counter((ANNA, EVE, *CROWD))
    assert all("感兴趣" in [label for row in one.buttons for label, _ in row] for one in sent)
    page = await house.admin.opens("/console/campaigns/2")
    assert "正文上面有一张图片" in page.text


async def _is_let_go(house: House, anna: Account) -> None:
    assert "已完成" in await anna.says("/posts")
    await house.admin.opens("/console/account/telegram")
    page = await house.admin.sends("/console/account/telegram/unbind")
    assert "还没有绑定" in page.text
    assert "已完成" not in await anna.says("/posts")
    assert "绑好了" in await anna.says((await house.code())[0])


async def _is_disabled(house: House, anna: Account) -> None:
    assert "已完成" in await anna.says("/posts")
    staff = Staff(house.database.sessions, now)
    member = await staff.by_telegram(anna.urn)
    assert member is not None
    await staff.change(
        member.number, name=member.name, role=member.role, scope=member.scope, is_active=False
    )
    assert "已完成" not in await anna.says("/posts")
