"""Openings are offered, answered with a tap, applied for, and heard of again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.records.offers import Answer
from bot.records.pushes import Candidate
from dialogs.offers import Offered, offers_reply
from dialogs.talk import Heard, Kind, Option
from dialogs.work import Match, Opening, Pace, PayUnit, Step, Wish
from tests.databases import database_in

from .market import Market
from .office import Visitor

ME = "web:me"
WISH = Wish(("电焊工",), ("南和区",), pay_min=4000, pay_unit=PayUnit.MONTH)
JOB = Opening(
    0, "电焊工", "示例机械公司", date(2026, 3, 1), occupation="电焊工", county="南和区",
    town="和阳镇", address="示例路1号", pay_min=5000, pay_max=6000, pay_unit=PayUnit.MONTH,
    housing=True, contact="示例经理", phone="0319-0000000", is_example=True,
)  # fmt: skip
PHONE = "13000000000"


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with database_in(tmp_path) as database:
        yield Market(database)


@pytest.fixture
def visitor(market: Market) -> Visitor:
    return Visitor(market)  # type: ignore[arg-type]


async def jobs(market: Market, many: int, **said: object) -> list[int]:
    posted = [replace(JOB, title=f"焊工{number}", **said) for number in range(many)]  # type: ignore[arg-type]
    return [it.number for it in await market.openings.keep(posted)]


async def registered(market: Market, name: str | None = None, phone: str | None = None) -> None:
    await market.ledger.register(ME, WISH, "r")
    await market.seekers.introduce(ME, name, phone)


def start(script: str, **given: str) -> Heard:
    return Heard.press(Option.start("x", script, **given).send)


async def test_three_openings_come_in_one_message_and_never_again(
    visitor: Visitor, market: Market
) -> None:
    await registered(market)
    await jobs(market, 5)
    first = await visitor.says(start("offers.more"))
    assert "给您找到3个岗位" in first
    assert "① 焊工4（示例机械公司）【示例】\n南和区和阳镇，全职，5000到6000元/月，管住" in first
    assert "合适的地方：是您要的工种：电焊工；在南和区；工资够得上您说的数" in first
    assert visitor.buttons == [
        "① 感兴趣", "② 感兴趣", "③ 感兴趣", "都不合适", "少发点", "不再接收",
    ]  # fmt: skip
    second = await visitor.says(start("offers.more"))
    assert "给您找到2个岗位" in second
    assert "不到3个" not in second  # there are five in all
    third = await visitor.says(start("offers.more"))
    assert "都给您发过了" in third
    assert visitor.buttons == ["改求职意愿", "查岗位", "转人工"]


async def test_what_is_short_is_told_honestly(visitor: Visitor, market: Market) -> None:
    await registered(market)
    assert "没有找到合适的新岗位。已经放到工作人员的单子上" in await visitor.says(
        start("offers.more")
    )
    market.later(minutes=1)
    await jobs(market, 1, county="任泽区")
    said = await visitor.says(start("offers.more"))
    assert "放宽的地方：不在您说的地方，在相邻的任泽区" in said
    assert "合适的一共就这些，不到3个" in said


async def test_without_a_wish_there_is_nothing_to_offer(visitor: Visitor) -> None:
    assert "还没有登记" in await visitor.says(start("offers.more"))
    assert visitor.buttons == ["登记找活", "转人工"]


async def test_who_is_not_registered_is_offered_and_told_whom_to_call(
    visitor: Visitor, market: Market
) -> None:
    await jobs(market, 3)
    offered = await market.board.offer(ME, WISH, "e")
    reply = offers_reply(offered)
    assert [it.label for it in reply.options][-2:] == ["buttons.wish", "buttons.person"]
    said = await visitor.says(Heard.press(reply.options[0].send))
    assert "示例经理 0319-0000000" in said
    assert "不许收押金" in said
    assert visitor.buttons == ["登记找活", "转人工"]
    assert await market.applications.waiting() == []


async def test_interest_with_consent_asks_what_is_missing_and_goes_to_staff(
    visitor: Visitor, market: Market
) -> None:
    await registered(market)
    await jobs(market, 3)
    await visitor.says(start("offers.more"))
    assert "要把您的情况告诉招聘单位" in await visitor.presses("② 感兴趣")
    assert "怎么称呼" in await visitor.presses("同意")
    assert "没看明白" in await visitor.says("王" * 30)
    assert "哪个电话" in await visitor.says("王师傅")
    assert "号码看着不对" in await visitor.says("12345")
    said = await visitor.says(Heard("+86 130-0000-0000"))
    assert "记下了（1号）：您对“焊工1”（示例机械公司）感兴趣。工作人员会把您的情况转给单位" in said
    assert "您也可以自己联系：\n示例经理 0319-0000000\n地址：示例路1号" in said
    [waiting] = await market.applications.waiting()
    assert (waiting.title, waiting.shares, waiting.step) == ("焊工1", True, Step.NEW)
    seeker = await market.seekers.of(ME)
    assert seeker is not None
    assert (seeker.name, seeker.phone) == ("王师傅", PHONE)
    assert await market.agreed(ME) is True


async def test_a_shared_contact_is_a_phone_and_both_may_be_left_out(
    visitor: Visitor, market: Market
) -> None:
    await registered(market)
    first, second = await jobs(market, 2)
    await visitor.says(start("offers.interested", o=str(first)))
    await visitor.presses("同意", "先不留")
    assert "没留电话" in await visitor.presses("先不留")
    await visitor.says(start("offers.interested", o=str(second)), "我叫王师傅")
    assert "工作人员会把您的情况转给单位" in await visitor.says(Heard(PHONE, kind=Kind.CONTACT))
    seeker = await market.seekers.of(ME)
    assert seeker is not None
    assert (seeker.name, seeker.phone) == ("王师傅", PHONE)


async def test_what_is_known_is_not_asked_again(visitor: Visitor, market: Market) -> None:
    await registered(market, "王师傅", PHONE)
    numbers = await jobs(market, 2)
    await visitor.says(start("offers.interested", o=str(numbers[0])))
    assert "记下了（1号）" in await visitor.presses("同意")
    assert "记下了（2号）" in await visitor.says(start("offers.interested", o=str(numbers[1])))
    assert "记下了（1号）" in await visitor.says(start("offers.interested", o=str(numbers[0])))
    assert len(await market.applications.waiting()) == 2


async def test_a_refused_consent_keeps_the_data_here_and_shows_whom_to_call(
    visitor: Visitor, market: Market
) -> None:
    await registered(market)
    [number] = await jobs(market, 1)
    await visitor.says(start("offers.interested", o=str(number)))
    said = await visitor.presses("不同意")
    assert "您的情况不会给单位，请您自己联系：\n示例经理 0319-0000000" in said
    [waiting] = await market.applications.waiting()
    assert not waiting.shares
    assert await market.agreed(ME) is False


async def test_the_consent_may_be_left_open(visitor: Visitor, market: Market) -> None:
    await registered(market)
    [number] = await jobs(market, 1)
    await visitor.says(start("offers.interested", o=str(number)))
    assert "先不办了" in await visitor.says("取消")
    assert await market.applications.waiting() == []
    assert await market.agreed(ME) is None


@pytest.mark.parametrize("given", ["99", "0", "-1", "x", "９", "9" * 20])
async def test_a_button_that_leads_nowhere_says_so(
    visitor: Visitor, market: Market, given: str
) -> None:
    await registered(market)
    assert "已经不招了" in await visitor.says(start("offers.interested", o=given))
    assert visitor.buttons == ["再看几个岗位", "转人工"]
    assert "没有找到这一条" in await visitor.says(start("applications.withdraw", n=given))
    assert "差在哪儿" in await visitor.says(start("offers.unsuitable", p=given))
    assert "记下了。" in await visitor.says(start("offers.why", p=given, w=given))


async def test_a_place_that_was_filled_is_not_applied_for(visitor: Visitor, market: Market) -> None:
    await registered(market)
    first, second, third = await jobs(market, 3)
    await visitor.says(start("offers.more"))
    await market.openings.fill(third)
    assert "已经招满了" in await visitor.presses("① 感兴趣")
    await market.openings.close(second)
    assert "已经不招了" in await visitor.says(start("offers.interested", o=str(second)))
    market.later(minutes=1)
    [found] = await market.board.find([await _me(market)])
    assert found.matches == ()
    assert found.count == 1
    assert first


async def test_a_place_filled_while_the_visitor_thinks_is_told(
    visitor: Visitor, market: Market
) -> None:
    await registered(market)
    [number] = await jobs(market, 1)
    await visitor.says(start("offers.interested", o=str(number)))
    await market.openings.fill(number)
    assert "已经招满了" in await visitor.presses("同意")
    assert await market.applications.waiting() == []


@pytest.mark.parametrize("why", ["太远", "工资低", "活不合适", "时间不合适", "吃住不便"])
async def test_nothing_suits_and_why(visitor: Visitor, market: Market, why: str) -> None:
    await registered(market)
    await jobs(market, 3)
    await visitor.says(start("offers.more"))
    await visitor.presses("都不合适")
    assert await visitor.presses(why) == f"记下了：{why}。\n可以看看别的，也可以改改要求。"
    assert visitor.buttons == ["再看几个岗位", "改求职意愿", "少发点", "转人工"]
    push = await market.offers.of(f"asked:{ME}:{ME}-1")
    assert push is not None
    assert [it.answer for it in push.offers] == [Answer.UNSUITABLE] * 3


async def test_who_has_found_work_may_stop_the_pushes(visitor: Visitor, market: Market) -> None:
    await registered(market)
    await jobs(market, 3)
    await visitor.says(start("offers.more"))
    assert "恭喜" in await visitor.presses("都不合适", "已有活干")
    assert "不再给您发岗位" in await visitor.presses("不再接收")
    assert (await _me(market)).pace is Pace.NEVER
    assert "一周一次" in await visitor.presses("还是一周一次吧")
    assert (await _me(market)).pace is Pace.WEEKLY


@pytest.mark.parametrize(
    ("said", "pace"),
    [("有新的就发", Pace.AT_ONCE), ("一天一次", Pace.DAILY), ("3", Pace.WEEKLY)],
)
async def test_less_or_more_often(visitor: Visitor, market: Market, said: str, pace: Pace) -> None:
    await registered(market)
    await visitor.says(start("offers.pace"))
    assert visitor.buttons == ["有新的就发", "一天一次", "一周一次"]
    assert "好，改成" in await visitor.says(said)
    who = await _me(market)
    assert who.pace is pace
    assert (who.due is None) == (pace is Pace.AT_ONCE)


async def test_a_pace_without_a_wish(visitor: Visitor) -> None:
    assert "还没有登记" in await visitor.says(start("offers.pace", pace="weekly"))
    assert "不再给您发岗位" in await visitor.says(start("offers.stop"))
    await visitor.says(start("offers.pace", pace="never"))
    assert visitor.buttons == ["有新的就发", "一天一次", "一周一次"]


async def test_my_applications_and_how_far_they_are(visitor: Visitor, market: Market) -> None:
    assert "还没有报过岗位" in await visitor.says(start("applications"))
    await registered(market, "王师傅", PHONE)
    first, second = await jobs(market, 2)
    for number in (first, second):
        await market.applications.apply(ME, number, True)
    await market.applications.move(1, Step.INTERVIEW)
    said = await visitor.says(start("applications"))
    assert (
        "2号 焊工1（示例机械公司）：等工作人员联系单位\n1号 焊工0（示例机械公司）：约了面试" in said
    )
    assert "“焊工1”给您撤了" in await visitor.presses("2：不去了")
    said = await visitor.says(start("applications"))
    assert "2号 焊工1（示例机械公司）：您不去了" in said
    assert visitor.buttons == ["1：不去了", "再看几个岗位", "转人工"]


@pytest.mark.parametrize(
    ("pay", "told"),
    [
        ({"pay_min": None, "pay_max": None, "pay_unit": None}, "工资面议"),
        ({"pay_max": None}, "5000元/月"),
        ({"pay_min": None}, "6000元/月"),
        ({"pay_max": 5000}, "5000元/月"),
        ({"pay_min": 200, "pay_max": 300, "pay_unit": PayUnit.DAY}, "200到300元/天"),
        ({"pay_unit": None}, "5000到6000元/月"),
    ],
)
def test_pay_is_told_as_it_stands(market: Market, pay: dict[str, object], told: str) -> None:
    match = Match(replace(JOB, **pay), 0.5, ("no_demands",))  # type: ignore[arg-type]
    said = market.words.render(offers_reply(Offered(1, (match,), False)))
    assert f"全职，{told}，管住" in said


async def _me(market: Market) -> Candidate:
    who = await market.pushes.candidate(ME)
    assert who is not None
    return who


async def test_the_words_of_a_button_may_be_typed(visitor: Visitor, market: Market) -> None:
    await registered(market, "王师傅", PHONE)
    await jobs(market, 4)
    await visitor.says(start("offers.more"))
    assert "您对哪个感兴趣" in await visitor.says("感兴趣")  # three buttons say so
    await visitor.says("再看几个岗位")
    assert "要把您的情况告诉招聘单位" in await visitor.says("感兴趣")  # one does
    await visitor.says("取消")
    assert "差在哪儿" in await visitor.says("都不合适")
    assert "记下了：工资低" in await visitor.says("工资低")
    told = await market.offers.of(f"asked:{ME}:{ME}-3")  # the last message was meant
    assert told is not None
    assert [it.answer for it in told.offers] == [Answer.UNSUITABLE]
    assert "多久给您发一次" in await visitor.says("少发点")
