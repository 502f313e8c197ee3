"""The whole hotline as a process, and Telegram at the other end: by webhook and by polling."""

from __future__ import annotations

import asyncio
import copy
import shutil
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.channels.telegram.webhook import SECRET_HEADER
from tests.forks import fast
from tests.service import ROOT, Process, hotline, prepared
from tests.telegram.emulator import Taken
from tests.telegram.fakes import FakeTelegram
from tests.telegram.faults import bad_gateway, blocked, flood
from tests.telegram.payloads import message
from tests.whole.records import Records, Row, until

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

QUESTION = "电焊培训一天补多少钱"
SECRET = "geheim-of-the-webhook"
PHONE, CARD_NUMBER = "13812345678", "130503199001011234"
LONG = "\n\n".join(f"第{number}段。" + "很长的一段话，" * 40 for number in range(30))


@dataclass
class House:
    """The service, Telegram, and what the service has written down."""

    telegram: FakeTelegram
    service: Process
    records: Records
    mode: str

    async def again(self, update: dict[str, Any]) -> None:
        """Telegram delivers an update that it has delivered before."""
        if self.mode == "webhook":
            url = f"http://127.0.0.1:{self.service.port}/telegram"
            headers = {SECRET_HEADER: SECRET}
            async with ClientSession() as http, http.post(url, json=update, headers=headers) as it:
                assert (it.status, await it.read()) == (200, b"")
        else:
            queue = self.telegram.emulator.webhooks._state(self.telegram.token)
            async with queue.condition:
                queue.updates.append(copy.deepcopy(update))
                queue.condition.notify_all()


class Visitor:
    """Somebody with a Telegram account."""

    _numbers = count(500_000_001)

    def __init__(self, house: House) -> None:
        self.chat = next(self._numbers)
        self.urn = f"telegram:{self.chat}"
        self._house = house
        self._telegram = house.telegram
        self._seen = 0

    @property
    def messages(self) -> list[Taken]:
        return [one for one in self._telegram.sent if one.chat == self.chat]

    async def says(self, text: str, answers: int = 1) -> list[str]:
        """The messages that so much is answered with."""
        await self._telegram.says(self.chat, text)
        return await self.is_told(answers)

    async def meets(self) -> None:
        """The first contact is over."""
        await self.says("/start", 2)

    async def sends(self, answers: int = 1, **what: Any) -> list[str]:
        await self._telegram.hears({"message": message(self.chat, **what)})
        return await self.is_told(answers)

    async def presses(self, label: str, answers: int = 1) -> list[str]:
        """Press that button of the last message that has it."""
        before = len(self._telegram.answered)
        await self._telegram.presses(self.chat, self.sends_of(label))
        texts = await self.is_told(answers)
        await until(lambda: len(self._telegram.answered) > before)
        return texts

    def labels(self) -> list[str]:
        return [label for row in self.messages[-1].buttons for label, _ in row]

    def sends_of(self, label: str) -> str:
        every = (key for one in reversed(self.messages) for row in one.buttons for key in row)
        return next(send for words, send in every if words == label)

    async def is_told(self, number: int) -> list[str]:
        """So many new messages, and not one more."""
        await until(lambda: len(self.messages) >= self._seen + number)
        texts = [one.text for one in self.messages[self._seen :]]
        self._seen = len(self.messages)
        assert len(texts) == number, texts
        return texts

    async def is_written_down(self, is_so: Callable[[list[Row]], object]) -> list[Row]:
        """What was said to the visitor, once it is as `is_so` says."""
        said = self._house.records.said
        await until(lambda: is_so(said(self.urn)))
        return said(self.urn)

    def rows(self, table: str) -> list[Row]:
        return self._house.records.rows(table, self.urn)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["webhook", "polling"])
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    folder = prepared(tmp_path_factory.mktemp("house"))
    content = shutil.copytree(ROOT / "content", folder / "content")
    words = Path(content) / "replies" / "switchboard.yaml"
    with words.open("a", encoding="utf-8") as file:  # the last one counts
        file.write("\ncancelled: |-\n" + "".join(f"  {line}\n" for line in LONG.splitlines()))
    async with FakeTelegram() as telegram:
        with fast(hotline(folder, **_settings(telegram, content))) as service:
            if request.param == "webhook":
                service.settings["TELEGRAM_WEBHOOK"] = f"http://127.0.0.1:{service.port}/telegram"
            await service.start_beside()
            yield House(telegram, service, Records(folder / "var" / "hotline.db"), request.param)
            await asyncio.to_thread(service.stop)


def _settings(telegram: FakeTelegram, content: Path) -> dict[str, str]:
    return {
        "SEMANTIC": "false",
        "CONTENT_DIR": str(content),
        "LOG_LEVEL": "debug",
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": telegram.base,
        "TELEGRAM_CHAT_RATE": "100",
    }


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(house)


async def test_a_question_is_answered_and_written_down(visitor: Visitor) -> None:
    greeting, answer = await visitor.says(QUESTION, 2)
    assert "我是自动回答的机器人" in greeting
    assert "保存180天" in greeting
    assert "人工" in greeting
    assert "100元" in answer
    assert "来源：《强化" in answer
    assert "2019-04-19" in answer
    said = await visitor.is_written_down(lambda rows: _are_sent(rows, 2))
    assert [(row["text"], row["script"], row["outcome"]) for row in said] == [
        (greeting, "greeting", "chat"),
        (answer, "policy", "answered"),
    ]
    assert said[1]["policies"][0] == "skills-training"
    assert said[1]["asked"] == QUESTION
    assert said[1]["buttons"] == visitor.labels()
    assert [row["external"] for row in said] == [str(one.id) for one in visitor.messages]
    assert said[1]["delivered_at"]
    [heard] = visitor._house.records.heard(visitor.urn)
    assert (heard["text"], heard["kind"], heard["event"]) == (QUESTION, "words", said[1]["event"])
    [person] = visitor.rows("visitors")
    assert (person["channel"], person["state"]) == ("telegram", "active")


async def test_the_buttons_under_an_answer_lead_on(visitor: Visitor) -> None:
    await visitor.says(QUESTION, 2)
    [source] = await visitor.presses("原文")
    assert "网址：https://" in source
    [useful] = await visitor.presses("有用")
    assert useful == "谢谢，记下了。还有什么事，直接问就行。"
    [why] = await visitor.presses("没用")
    assert "差在哪儿" in why
    assert "说得不对" in visitor.labels()
    await visitor.presses("说得不对")
    said = await visitor.is_written_down(lambda rows: _are_sent(rows, 6))
    verdicts = {(row["about"], row["useful"], row["reason"]) for row in visitor.rows("feedback")}
    answered = said[2]["event"]  # the part shown last is what the buttons stood under
    assert said[1]["event"] != answered
    assert verdicts == {(answered, 1, None), (answered, 0, "说得不对")}


async def test_a_policy_tells_how_to_go_about_it(visitor: Visitor) -> None:
    await visitor.says("/start startup-loan", 2)
    await visitor.presses("看这项政策")
    [how] = await visitor.presses("怎么办理")
    assert "来源" in how
    said = await visitor.is_written_down(lambda rows: _are_sent(rows, 4))
    assert said[3]["policies"] == ["startup-loan"]


async def test_a_person_is_asked_for_and_finds_the_question(visitor: Visitor) -> None:
    await visitor.says(QUESTION, 2)
    [told] = await visitor.presses("转人工")
    await visitor.is_written_down(lambda rows: _are_sent(rows, 3))
    [ticket] = visitor.rows("tickets")
    assert (ticket["topic"], ticket["state"]) == (QUESTION, "open")
    assert "skills-training" in ticket["context"]
    assert f"编号{ticket['id']}。" in told
    assert QUESTION in told
    [again] = await visitor.says("人工")  # the same words, another call: another ticket
    assert f"编号{visitor.rows('tickets')[-1]['id']}。" in again


async def test_start_greets_and_shows_the_menu(visitor: Visitor) -> None:
    greeting, menu = await visitor.says("/start", 2)
    assert "我是自动回答的机器人" in greeting
    assert "我能帮您" in menu
    assert visitor.labels()[0] == "问政策"
    assert visitor.labels()[-1] == "转人工"
    assert await visitor.says("/start") == [menu]
    [asked] = await visitor.presses("问政策")
    assert "想问哪项政策" in asked
    [answer] = await visitor.says(QUESTION)
    assert "100元" in answer


@pytest.mark.parametrize("payload", ["nothing-we-have", "%%%", "x" * 65])
async def test_a_link_that_leads_nowhere_shows_the_menu(visitor: Visitor, payload: str) -> None:
    _, menu = await visitor.says(f"/start {payload}", 2)
    assert "我能帮您" in menu


async def test_a_link_leads_to_its_policy(visitor: Visitor) -> None:
    _, linked = await visitor.says("/start skills-training", 2)
    assert "技能培训" in linked
    [shown] = await visitor.presses("看这项政策")
    assert "100元" in shown


async def test_what_nobody_asked_for_is_answered_kindly(visitor: Visitor) -> None:
    await visitor.meets()
    contact = {"phone_number": f"+86{PHONE}", "first_name": "王", "user_id": visitor.chat}
    [got] = await visitor.sends(contact=contact)
    assert "用不着" in got
    assert await visitor.sends(location={"latitude": 37.07, "longitude": 114.5}) == [got]
    photo = {"file_id": "A", "file_unique_id": "B", "width": 9, "height": 9}
    [unread] = await visitor.sends(photo=[photo])
    assert "我只能看懂文字" in unread
    await visitor.is_written_down(lambda rows: _are_sent(rows, 5))
    heard = visitor._house.records.heard(visitor.urn)
    assert [row["kind"] for row in heard[1:]] == ["contact", "location", "unreadable"]


async def test_who_blocks_the_bot_is_not_written_to_and_may_come_back(visitor: Visitor) -> None:
    await visitor.meets()
    telegram = visitor._house.telegram
    await telegram.blocks(visitor.chat)
    await until(lambda: [row["state"] for row in visitor.rows("visitors")] == ["stopped"])
    await telegram.unblocks(visitor.chat)
    await until(lambda: visitor.rows("visitors")[0]["state"] == "active")
    assert "100元" in (await visitor.says(QUESTION))[0]  # and nothing was said in between


async def test_a_long_reply_comes_in_several_messages_between_paragraphs(
    visitor: Visitor,
) -> None:
    await visitor.meets()
    pieces = await visitor.says("取消", 3)
    assert "\n\n".join(pieces) == LONG
    assert all(len(piece.encode("utf-16-le")) // 2 <= 4096 for piece in pieces)
    assert [bool(one.buttons) for one in visitor.messages[-3:]] == [False, False, True]
    said = await visitor.is_written_down(lambda rows: _are_sent(rows, 3))
    assert said[2]["text"] == LONG
    assert said[2]["external"] == str(visitor.messages[-1].id)


async def test_told_to_wait_it_waits_and_still_stops_the_button_turning(visitor: Visitor) -> None:
    await visitor.says(QUESTION, 2)
    telegram = visitor._house.telegram
    telegram.fail(flood(4, chat=visitor.chat))
    before, pressed = len(telegram.answered), time.time()
    await telegram.presses(visitor.chat, visitor.sends_of("原文"))
    await until(lambda: len(telegram.answered) > before)
    assert len(visitor.messages) == 2  # the button turns no more, and nothing is said yet
    [source] = await visitor.is_told(1)
    assert "网址" in source
    assert visitor.messages[-1].time - pressed >= 4.0
    await visitor.is_written_down(lambda rows: _are_sent(rows, 3))


async def test_one_who_must_wait_keeps_nobody_else_waiting(house: House) -> None:
    slow, quick = Visitor(house), Visitor(house)
    house.telegram.fail(flood(4, chat=slow.chat))
    await house.telegram.says(slow.chat, QUESTION)
    await until(lambda: not house.telegram.emulator.faults)  # it was told to wait
    await quick.says(QUESTION, 2)
    assert slow.messages == []
    await slow.is_told(2)


async def test_who_cannot_be_reached_is_noted_and_may_come_back(visitor: Visitor) -> None:
    telegram = visitor._house.telegram
    telegram.fail(blocked(chat=visitor.chat, times=2))
    await telegram.says(visitor.chat, QUESTION)
    said = await visitor.is_written_down(
        lambda rows: [row["delivery"] for row in rows] == ["gone", "gone"]
    )
    assert "blocked by the user" in said[0]["detail"]
    await until(lambda: [row["state"] for row in visitor.rows("visitors")] == ["stopped"])
    assert "100元" in (await visitor.says(QUESTION))[0]
    await until(lambda: visitor.rows("visitors")[0]["state"] == "active")


async def test_a_broken_network_is_tried_again(visitor: Visitor) -> None:
    await visitor.meets()
    visitor._house.telegram.fail(bad_gateway(chat=visitor.chat, times=2))
    assert "100元" in (await visitor.says(QUESTION))[0]
    await visitor.is_written_down(lambda rows: _are_sent(rows, 3))


async def test_the_same_update_again_is_not_answered_again(visitor: Visitor) -> None:
    await visitor.meets()
    heard = {"message": message(visitor.chat, text=QUESTION)}
    number = await visitor._house.telegram.hears(heard)
    await visitor.is_told(1)
    for _ in range(3):
        await visitor._house.again({"update_id": number, **heard})
    [menu] = await visitor.says("菜单")
    assert "我能帮您" in menu  # nothing came in between
    await visitor.is_written_down(lambda rows: _are_sent(rows, 4))
    heard_rows = visitor._house.records.heard(visitor.urn)
    assert [row["text"] for row in heard_rows] == ["", QUESTION, "菜单"]


async def test_what_is_not_known_is_kept_for_the_editors(visitor: Visitor) -> None:
    asked = "隔壁老王家的猫叫什么名字"
    await visitor.says(asked, 2)
    _, answer = await visitor.is_written_down(lambda rows: _are_sent(rows, 2))
    assert (answer["script"], answer["outcome"], answer["policies"]) == ("policy", "declined", [])
    assert [row["question"] for row in visitor.rows("unanswered")] == [asked]


async def test_many_at_once_are_each_answered_once(house: House) -> None:
    crowd = [Visitor(house) for _ in range(20)]
    for _ in range(2):
        await asyncio.gather(*(house.telegram.says(one.chat, QUESTION) for one in crowd))
    for one in crowd:
        greeting, answer, again = await one.is_told(3)
        assert "机器人" in greeting
        assert answer == again


async def test_an_update_that_cannot_be_read_is_laid_aside_and_holds_up_nothing(
    visitor: Visitor,
) -> None:
    await visitor._house.again({"update_id": 1, "message": PHONE})
    await visitor.meets()
    metrics = await asyncio.to_thread(visitor._house.service.get, "/metrics")
    assert b'hotline_depth{hop="dead"} 1.0' in metrics


async def test_nothing_in_the_log_tells_who_somebody_is_or_opens_a_door(visitor: Visitor) -> None:
    await visitor.says(f"我叫王五，电话{PHONE}，身份证{CARD_NUMBER}，{QUESTION}", 2)
    visitor._house.telegram.fail(blocked(chat=visitor.chat))
    await visitor._house.telegram.says(visitor.chat, f"给{PHONE}回个话")
    await visitor.is_written_down(lambda rows: len(rows) == 3 and rows[2]["delivery"] == "gone")
    log = visitor._house.service.log.read_text()
    token = visitor._house.telegram.token
    for secret in (PHONE, CARD_NUMBER, token, token.partition(":")[2], SECRET, "王五"):
        assert secret not in log
    assert "Traceback" not in log
    lines = [line for line in log.splitlines() if line.startswith("{")]
    assert lines, "the service logs nothing"


def _are_sent(rows: list[Row], number: int) -> bool:
    return [row["delivery"] for row in rows] == ["sent"] * number
