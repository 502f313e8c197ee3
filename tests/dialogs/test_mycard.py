"""My card, my data, and how my work goes on: conversations over the real records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.records.seekers import State
from dialogs.consent import Purpose
from dialogs.followup import ask_after_work
from dialogs.talk import Heard, Option
from dialogs.work import PayUnit, Wish
from tests.databases import database_in

from .office import Office, Visitor

WISH = Wish(("电焊工",), ("南和区",), pay_min=5000, pay_unit=PayUnit.MONTH)
NO_NUMBERS = "身份证"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with database_in(tmp_path) as database:
        yield Office(database)


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Visitor(office)


async def registered(office: Office, urn: str = "web:me") -> int:
    await office.ledger.register(urn, WISH, f"{urn}1")
    await office.seekers.introduce(urn, "王示例", "13000000000")
    seeker = await office.seekers.of(urn)
    assert seeker is not None
    return seeker.number


def start(script: str, **given: str) -> Heard:
    return Heard.press(Option.start("x", script, **given).send)


async def test_who_is_not_in_the_ledger_has_no_card(visitor: Visitor) -> None:
    assert "还没有登记" in await visitor.says(start("card"))
    assert visitor.buttons == ["登记找活", "转人工", "菜单"]


async def test_the_card_tells_what_happened_and_what_is_next(
    visitor: Visitor, office: Office
) -> None:
    number = await registered(office)
    await office.seekers.assign(number, "示例站", "示例员", "k", "s")
    await office.services.add(number, "offered", {"count": 3}, "k2")
    said = await visitor.says(start("card"))
    for part in ("电焊工，南和区，每月5000元以上", "130****0000", "推荐了3个岗位", "2026-11-22",
                 "示例站 示例员", "有合适的新岗位就告诉您"):  # fmt: skip
        assert part in said
    assert f"http://own/card/{number}." in said
    assert "13000000000" not in said


async def test_a_long_card_is_cut_in_the_chat(visitor: Visitor, office: Office) -> None:
    number = await registered(office)
    for day in range(12):
        await office.services.add(number, "noted", {"text": f"第{day}次"}, f"n{day}")
    said = await visitor.says(start("card"))
    assert "第11次" in said
    assert "第1次" not in said
    assert "更早的还有5件" in said


async def test_an_entry_without_words_does_not_spoil_the_card(
    visitor: Visitor, office: Office
) -> None:
    number = await registered(office)
    await office.services.add(number, "unheard_of", {}, "k")
    await office.services.add(number, "offered", {}, "k2")
    assert (await visitor.says(start("card"))).count("办了一件事") == 2


@pytest.mark.parametrize(
    ("purposes", "asked"), [((), ["先跟您说清楚", "比较私密"]), ((Purpose.REGISTER,), ["比较私密"])]
)
async def test_a_difficulty_is_asked_only_with_consent(
    visitor: Visitor, office: Office, purposes: tuple[Purpose, ...], asked: list[str]
) -> None:
    for purpose in purposes:
        await office.consents.record("web:me", purpose, "1", True, purpose)
    assert asked[0] in await visitor.says(start("card.category"))
    for notice in asked[1:]:
        assert notice in await visitor.presses("同意")
    assert "哪一种" in await visitor.presses("同意")
    assert "只有负责帮您的工作人员" in await visitor.presses("残疾")
    seeker = await office.seekers.of("web:me")
    assert seeker is not None
    assert seeker.category == "disabled"
    assert (await office.consents.of("web:me"))[Purpose.SENSITIVE].given
    card = await visitor.presses("我的服务卡")
    assert "说明了困难情况" in card
    assert "残疾" not in card
    assert NO_NUMBERS not in card


async def test_refusing_to_tell_refuses_no_service(visitor: Visitor, office: Office) -> None:
    await registered(office)
    await office.consents.record("web:me", Purpose.REGISTER, "1", True, "k")
    assert "照样给您推荐岗位" in await visitor.says(start("card.category"), "不同意")
    seeker = await office.seekers.of("web:me")
    assert seeker is not None
    assert seeker.category is None
    assert await office.ledger.wish_of("web:me") == WISH
    assert not (await office.consents.of("web:me"))[Purpose.SENSITIVE].given


async def test_none_of_the_difficulties(visitor: Visitor, office: Office) -> None:
    said = await visitor.says(start("card.category"), "同意", "同意", "都不是")
    assert "没有记" in said
    seeker = await office.seekers.of("web:me")
    assert seeker is not None
    assert seeker.category is None


async def test_my_data_are_shown_in_plain_words(visitor: Visitor, office: Office) -> None:
    await registered(office)
    await office.consents.record("web:me", Purpose.SENSITIVE, "1", True, "k")
    await office.seekers.categorise("web:me", "disabled", "k2")
    said = await visitor.says(start("mydata"))
    for part in ("2026-11-22登记", "王示例", "130****0000", "困难情况：残疾", "电焊工",
                 "记下困难情况：2026-11-22同意"):  # fmt: skip
        assert part in said
    assert visitor.buttons == [
        "改求职意愿", "撤回困难情况的同意", "导出资料", "删除资料", "菜单",
    ]  # fmt: skip


async def test_a_consent_is_taken_back_as_easily_as_given(visitor: Visitor, office: Office) -> None:
    await registered(office)
    for purpose in (Purpose.SENSITIVE, Purpose.EMPLOYER):
        await office.consents.record("web:me", purpose, "1", True, purpose)
    await office.seekers.categorise("web:me", "disabled", "k2")
    await visitor.says(start("mydata"))
    assert "删掉了" in await visitor.presses("撤回困难情况的同意")
    seeker = await office.seekers.of("web:me")
    assert seeker is not None
    assert seeker.category is None
    assert await office.ledger.wish_of("web:me") == WISH
    await visitor.presses("我的资料")
    assert "说说我的困难" in visitor.buttons  # it may be told again
    assert "不再把您的情况告诉招聘单位" in await visitor.presses("撤回给单位的同意")
    assert await office.consents.given("web:me", Purpose.EMPLOYER, "1") is False
    assert "保存着您的" in await visitor.says(start("mydata.revoke", purpose="nonsense"))


async def test_where_no_file_can_be_reached_the_data_come_in_words(office: Office) -> None:
    await registered(office, "telegram:1")
    said = await Visitor(office, "telegram:1").says(start("mydata.export"))
    assert "求职意愿：电焊工" in said
    assert "http" not in said


async def test_everything_is_deleted_only_when_they_are_sure(
    visitor: Visitor, office: Office
) -> None:
    await registered(office)
    assert "全部删除吗" in await visitor.says(start("mydata.erase"))
    assert "没有删" in await visitor.presses("不删了")
    assert await office.seekers.of("web:me") is not None
    await visitor.says(start("mydata.erase"))
    assert "已经删除" in await visitor.presses("全部删除")
    assert await office.dossiers.of("web:me") == {}
    assert "还没有登记" in await visitor.says(start("card"))


@pytest.mark.parametrize("word", ["返回", "取消"])
async def test_a_question_can_be_left(visitor: Visitor, office: Office, word: str) -> None:
    await registered(office)
    await visitor.says(start("mydata.erase"), word)
    assert await office.seekers.of("web:me") is not None
    await visitor.says(start("card.category"), "同意", word)
    assert (await office.consents.of("web:me")) == {}


@pytest.mark.parametrize(
    ("pressed", "answer", "said"),
    [("还在干", "working", "太好了"), ("换工作了", "changed", "新工作"),
     ("没工作了", "out_of_work", "别着急")],
)  # fmt: skip
async def test_how_the_work_goes_is_one_tap(
    visitor: Visitor, office: Office, pressed: str, answer: str, said: str
) -> None:
    number = await registered(office)
    await office.follow_ups.begin(number, date(2026, 10, 20), None)
    [due] = await office.follow_ups.due()
    asked = ask_after_work(due.number, due.months)
    assert "1个月" in office.words.render(asked)
    [button] = [it for it in office.words.buttons(asked) if it.label == pressed]
    assert said in await visitor.says(Heard.press(button.send))
    first = (await office.follow_ups.of(number))[0]
    assert first.answer == answer
    seeker = await office.seekers.get(number)
    assert seeker is not None
    assert seeker.state is (State.ACTIVE if answer == "out_of_work" else State.WORKING)
    assert ("登记找活" in visitor.buttons) is (answer == "out_of_work")
    office.now += timedelta(days=400)
    later = [it.months for it in await office.follow_ups.due()]
    assert later == ([] if answer == "out_of_work" else [3, 6])


async def test_a_question_that_is_not_mine_is_not_answered(
    visitor: Visitor, office: Office
) -> None:
    number = await registered(office, "telegram:1")
    await office.follow_ups.begin(number, date(2026, 10, 20), None)
    for n in ("1", "99", "x", "", "9" * 30):
        assert "不用回答" in await visitor.says(start("followup", n=n, still="working"))
    assert "点一下" in await visitor.says(start("followup", n="1"))
    assert all(it.answer is None for it in await office.follow_ups.of(number))
