"""The wish: conversations with the real reader, the real words and the real switchboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import yaml

from bot.jobs.reading import WorkReader
from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import Spoken, Switchboard
from bot.words import Words
from dialogs.consent import Purpose
from dialogs.fields import ANY, BEDS, MORE, PAGE, SUMS, sums
from dialogs.form import AGAIN, EDITS
from dialogs.menu import show_menu
from dialogs.offers import Offered
from dialogs.policy import Answered, Declined, Found, PolicyAnswer, Source, answer_question
from dialogs.talk import Heard
from dialogs.wish import change_wish, register_wish, withdraw_wish
from dialogs.work import Match, Opening, PayUnit, Wish, WorkType

CONTENT = Path(__file__).resolve().parents[2] / "content"
FACTS = {
    "hotline_name": "热线", "retention_days": 180, "records_retention_days": 1095,
    "desk_hours": "8:00-18:00",
}  # fmt: skip
ALL_SAID = "俺想在南和找个电焊的活，全职，一个月五千以上，管住"


@dataclass
class Office:
    """The ledger, the consents and the openings, as far as a wish needs them."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    agreed: dict[str, bool] = field(default_factory=dict)
    offered: list[Wish] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def wish_of(self, visitor: str) -> Wish | None:
        return self.wishes.get(visitor)

    async def register(self, visitor: str, wish: Wish, key: str) -> None:
        self.keys.append(key)
        self.wishes[visitor] = wish

    async def withdraw(self, visitor: str, key: str) -> None:
        self.keys.append(key)
        del self.wishes[visitor]

    def version(self, purpose: Purpose) -> str:
        return "1"

    async def given(self, visitor: str, purpose: Purpose, version: str) -> bool | None:
        return self.agreed.get(visitor)

    async def record(
        self, visitor: str, purpose: Purpose, version: str, given: bool, key: str
    ) -> None:
        self.keys.append(key)
        self.agreed[visitor] = given

    async def offer(self, visitor: str, wish: Wish, key: str) -> Offered:
        self.keys.append(key)
        self.offered.append(wish)
        opening = Opening(7, "电焊工", "示例厂", date(2026, 11, 1), county="南和区")
        return Offered(int(visitor in self.wishes), (Match(opening, 0.9, ()),), True)


class OnePolicy:
    """Knows of subsidies alone."""

    async def find(self, question: str, *, about: tuple[str, ...] = ()) -> Found:
        if "补贴" not in question:
            return Declined()
        source = Source("报道", "报", "原文未载明", "2019-04-19", "https://example.org")
        return Answered((PolicyAnswer("a", "补贴", "1", "补贴的要点", (), "", source),))

    def titles(self) -> dict[str, str]:
        return {"a": "补贴"}


class Visitor:
    """Says and presses things; nothing may be written by a turn that ends in a question."""

    def __init__(self, reader: WorkReader, words: Words) -> None:
        self.office = Office()
        office = self.office
        scripts = {
            "menu": show_menu,
            "policy": partial(answer_question, library=OnePolicy()),
            "handoff": show_menu,  # stands for whoever a person is reached by
            "wish": partial(
                register_wish, reader=reader, ledger=office, consents=office, jobs=office
            ),
            "wish.change": partial(change_wish, reader=reader, ledger=office, jobs=office),
            "wish.withdraw": partial(withdraw_wish, ledger=office),
        }
        commands = yaml.safe_load((CONTENT / "commands.yaml").read_text("utf-8"))
        said = {str(form): name for name, forms in commands.items() for form in forms}
        self.board = Switchboard(scripts, words, said, "1")
        self.session = Session(greeted="1", at=1.0)
        self.spoken: list[Spoken] = []
        self.turns = 0

    async def says(self, *said: str | Heard) -> str:
        for one in said:
            heard = one if isinstance(one, Heard) else Heard(one)
            self.turns += 1
            written = len(self.office.keys)
            turn = await self.board.take(self.session, heard, "web:a", f"{self.turns}-0", 2.0)
            self.session = Session.unpack(turn.session.pack())
            self.spoken = turn.spoken
            assert self.session.script is None or len(self.office.keys) == written
        return "\n".join(it.text for it in self.spoken)

    async def starts(self, address: str) -> str:
        return await self.says(Heard.press(f"/{address}"))

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.spoken[-1].buttons]

    @property
    def wish(self) -> Wish | None:
        return self.office.wishes.get("web:a")


@pytest.fixture(scope="module")
def reader() -> WorkReader:
    return WorkReader(CONTENT / "directory")


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(CONTENT / "replies", FACTS)


@pytest.fixture
def visitor(reader: WorkReader, words: Words) -> Visitor:
    return Visitor(reader, words)


async def test_one_sentence_says_all_and_only_consent_and_a_yes_are_asked(visitor: Visitor) -> None:
    visitor.session.script = "wish"  # as a sentence that is a wish starts it
    assert "同意登记吗" in await visitor.says(ALL_SAID)
    said = await visitor.says("同意")
    for line in ("工种：电焊工", "地方：南和区", "每月5000元以上", "要管住", "说得对吗"):
        assert line in said
    said = await visitor.says("对")
    assert "登记好了" in said
    assert "示例厂" in said
    assert visitor.wish == Wish(
        ("电焊工",), ("南和区",), pay_min=5000, pay_unit=PayUnit.MONTH,
        work_type=WorkType.FULL_TIME, housing=True,
    )  # fmt: skip
    assert visitor.office.offered == [visitor.wish]
    assert visitor.office.agreed == {"web:a": True}


async def test_a_question_about_rules_is_no_wish_though_it_names_work(visitor: Visitor) -> None:
    await visitor.starts("wish")
    said = await visitor.says("临时工被欠薪去哪告")
    assert "想找什么活" in said
    assert "同意登记吗" not in said


async def test_everything_by_buttons(visitor: Visitor) -> None:
    assert "想找什么活" in await visitor.starts("wish")
    await visitor.says(Heard.press("said=制造"), "同意")
    assert "电焊工" in visitor.labels
    for press in ("trade=电焊工", "counties=南和区", "work_type=全职", "pay=每月5000元以上"):
        await visitor.says(Heard.press(press))
    assert "说得对吗" in visitor.spoken[-1].text  # five were asked: lodging is not asked as well
    await visitor.says(Heard.press("confirm=对"))
    assert visitor.wish == Wish(
        ("电焊工",), ("南和区",), pay_min=5000, pay_unit=PayUnit.MONTH,
        work_type=WorkType.FULL_TIME,
    )  # fmt: skip


async def test_every_question_may_be_left_open(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says("想找个活干", "同意")
    for _ in range(5):
        if "说得对吗" not in visitor.spoken[-1].text:
            await visitor.says(ANY)
    said = await visitor.says("对")
    assert "登记好了" in said
    assert visitor.wish == Wish()


async def test_a_sentence_at_any_question_fills_what_it_says_and_the_rest_is_asked(
    visitor: Visitor,
) -> None:
    await visitor.starts("wish")
    await visitor.says("想找个活干", "同意")
    said = await visitor.says("在南和干电焊，一个月五千以上，管住")
    assert "什么样的活" in said  # the kind alone is left
    assert "工种：电焊工" in await visitor.says("全职")
    await visitor.says("对")
    assert visitor.wish == Wish(
        ("电焊工",), ("南和区",), pay_min=5000, pay_unit=PayUnit.MONTH,
        work_type=WorkType.FULL_TIME, housing=True,
    )  # fmt: skip


async def test_what_is_said_beside_the_question_counts_and_the_question_comes_again(
    visitor: Visitor,
) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊", "同意")
    assert "哪个县" in visitor.spoken[-1].text
    assert "哪个县" in await visitor.says("工资得六千")
    assert "哪个县" in await visitor.says("得管住")
    await visitor.says("清河", "全职")
    assert "每月6000元以上" in visitor.spoken[-2].text
    await visitor.says("对")
    assert visitor.wish is not None
    assert (visitor.wish.pay_min, visitor.wish.housing) == (6000, True)


async def test_what_was_said_last_counts(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊，清河", "同意", "全职", "还是去宁晋吧，一月六千", "管住")
    await visitor.says("不对，工资七千，要能管吃")
    assert "每月7000元以上" in visitor.spoken[-2].text
    await visitor.says("对")
    assert visitor.wish is not None
    assert visitor.wish.counties == ("宁晋县",)
    assert (visitor.wish.pay_min, visitor.wish.meals) == (7000, True)


@pytest.mark.parametrize(
    ("said", "pay"),
    [("5000", (5000, PayUnit.MONTH)), ("二百", (200, PayUnit.DAY)), ("面议", (None, None))],
)
async def test_a_bare_answer_is_read_as_an_answer_to_the_question(
    visitor: Visitor, said: str, pay: tuple[int | None, PayUnit | None]
) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊，清河", "同意", "全职", said, ANY, "对")
    assert visitor.wish is not None
    assert (visitor.wish.pay_min, visitor.wish.pay_unit) == pay


async def test_who_does_not_agree_sees_openings_and_is_not_registered(visitor: Visitor) -> None:
    await visitor.starts("wish")
    said = await visitor.says(ALL_SAID, "不同意")
    assert "不登记" in said
    assert "示例厂" in said
    assert visitor.wish is None
    assert visitor.office.agreed == {"web:a": False}
    assert visitor.office.offered[0].occupations == ("电焊工",)


async def test_who_has_agreed_is_not_asked_again(visitor: Visitor) -> None:
    visitor.office.agreed["web:a"] = True
    await visitor.starts("wish")
    assert "工种：电焊工" in await visitor.says(ALL_SAID)


@pytest.mark.parametrize(
    ("label", "answers", "line"),
    [
        ("改工种", ("保洁",), "工种：保洁员"),
        ("改工种", ("服务", "厨师"), "工种：厨师"),
        ("改地方", ("想去北京",), "地方：北京"),
        ("改地方", (ANY,), "地方：都行"),
        ("改乡镇", ("和阳镇",), "地方：南和区（和阳镇）"),
        ("改乡镇", (ANY,), "地方：南和区\n"),
        ("改类型", ("兼职",), "类型：兼职"),
        ("改类型", ("居家", ANY), "类型：居家"),
        ("改类型", ("公益性岗位", "贾宋"), "地方：南和区（贾宋镇）"),
        ("改工资", ("计件",), "工资：计件"),
        ("改工资", (ANY,), "工资：都行"),
        ("改吃住", ("不用管住",), "吃住：不用管住"),
    ],
)
async def test_every_field_of_the_summary_can_be_changed(
    visitor: Visitor, label: str, answers: tuple[str, ...], line: str
) -> None:
    await visitor.starts("wish")
    await visitor.says(ALL_SAID, "同意", label)
    assert "说得对吗" not in visitor.spoken[-1].text
    assert line in await visitor.says(*answers)
    await visitor.says("对")
    assert visitor.wish is not None


@pytest.mark.parametrize(
    ("label", "said", "line"),
    [
        ("改时间", "晚上", "时间：晚上"),
        ("改时间", "啥时间都行", None),
        ("改年龄", "46", "年龄：46岁"),
        ("改想学的", "月嫂", "想学：月嫂"),
        ("改年龄", "不说年龄了", None),
        ("改年龄", "不想说", None),
        ("改想学的", "不学了", None),
    ],
)
async def test_what_was_told_unasked_can_be_changed_too(
    visitor: Visitor, label: str, said: str, line: str | None
) -> None:
    await visitor.starts("wish")
    await visitor.says(f"{ALL_SAID}，白天干，今年45岁，想学电焊", "同意")
    assert label in visitor.labels
    summary = await visitor.says(label, said)
    if line is None:
        assert label not in visitor.labels
    else:
        assert line in summary
    await visitor.says("对")
    assert visitor.wish is not None
    assert visitor.wish.occupations == ("电焊工",)


async def test_an_age_is_asked_only_of_who_has_told_it(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says(f"{ALL_SAID}，今年45岁", "同意")
    assert {"改时间", "改年龄", "改想学的"} & set(visitor.labels) == {"改年龄"}
    assert "没看明白" in await visitor.says("改年龄", "嘿嘿")
    assert visitor.labels == ["不说年龄了"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("工种都行", "occupations"),
        ("地方不限", "counties"),
        ("类型无所谓", "work_type"),
        ("工资不限", "pay_min"),
        ("吃住都行", "housing"),
        ("时间不限", "hours"),
        ("啥时间都行", "hours"),
        ("年龄不填", "age"),
        ("去掉年龄。", "age"),
        ("不学了", "training"),
    ],
)
async def test_a_few_words_leave_open_whatever_was_told(
    visitor: Visitor, said: str, field: str
) -> None:
    await visitor.starts("wish")
    await visitor.says(f"{ALL_SAID}，白天干，今年45岁，想学电焊", "同意", "对")
    assert visitor.wish is not None
    assert getattr(visitor.wish, field)
    await visitor.starts("wish.change")
    assert "说得对吗" in await visitor.says(said)
    await visitor.says("对")
    assert visitor.wish is not None
    assert not getattr(visitor.wish, field)


@pytest.mark.parametrize("said", ["没有时间", "没有钱", "没有活干"])
async def test_what_only_names_a_field_leaves_nothing_open(visitor: Visitor, said: str) -> None:
    await visitor.starts("wish")
    summary = await visitor.says(ALL_SAID, "同意")
    await visitor.says(said, "对")
    assert visitor.wish is not None
    assert visitor.wish.pay_min == 5000, summary


async def test_what_was_left_open_is_not_asked(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says("想在南和干电焊，管住", "同意")
    assert "什么样的活" in visitor.spoken[-1].text
    await visitor.says("工资不限")
    assert "什么样的活" in visitor.spoken[-1].text
    assert "说得对吗" in await visitor.says("全职")


async def test_a_field_can_be_changed_twice(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says(ALL_SAID, "同意", "改工资", "六千", "改工资", "七千", "改地方", "威县", "对")
    assert visitor.wish is not None
    assert (visitor.wish.pay_min, visitor.wish.counties) == (7000, ("威县",))


NEAR = "想找个离家近的活"


@pytest.mark.parametrize(
    ("said", "town"),
    [
        ("和阳镇", "和阳镇"),
        ("和阳那边", "和阳镇"),
        ("在南和的贾宋", "贾宋镇"),
        ("7", "阎里乡"),  # counted on the buttons
        (ANY, None),
        ("哪都行", None),
    ],
)
async def test_who_wants_to_work_near_home_is_asked_for_the_town(
    visitor: Visitor, said: str, town: str | None, reader: WorkReader
) -> None:
    assert reader.towns("南和区")[6] == "阎里乡"
    await visitor.starts("wish")
    await visitor.says(NEAR, "同意", "电焊")
    assert "您家在哪个县" in visitor.spoken[-1].text
    assert "南和区哪个乡镇" in await visitor.says("南和", "全职")
    assert visitor.labels == [*reader.towns("南和区"), ANY]
    await visitor.says(said, "五千")
    await visitor.says(ANY, "对")
    assert visitor.wish is not None
    assert (visitor.wish.counties, visitor.wish.towns) == (("南和区",), (town,) if town else ())


@pytest.mark.parametrize("kind", ["居家", "公益性岗位"])
async def test_the_town_is_asked_for_work_that_is_done_near_home(
    visitor: Visitor, kind: str
) -> None:
    await visitor.starts("wish")
    assert "哪个乡镇" in await visitor.says("手工活", "同意", "威县", kind)
    assert "工资最少" in await visitor.says(Heard.press("towns=第什营镇"))
    await visitor.says(ANY, "对")
    assert visitor.wish is not None
    assert (visitor.wish.counties, visitor.wish.towns) == (("威县",), ("第什营镇",))


async def test_the_town_is_asked_neither_of_others_nor_when_it_was_told(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says(NEAR, "同意", "电焊", "南和的和阳镇", "全职")
    assert "工资最少" in visitor.spoken[-1].text
    await visitor.says("取消")
    await visitor.starts("wish")
    await visitor.says(NEAR, "同意", "电焊", "南和或者任泽", "全职")
    assert "工资最少" in visitor.spoken[-1].text


async def test_a_county_of_many_towns_shows_them_page_by_page(
    visitor: Visitor, reader: WorkReader
) -> None:
    towns = reader.towns("信都区")
    assert len(towns) > 2 * PAGE
    await visitor.starts("wish")
    await visitor.says(NEAR, "同意", "电焊", "信都区", "全职")
    assert visitor.labels == [*towns[:PAGE], MORE, ANY]
    await visitor.says(Heard.press(f"towns={MORE}"))
    assert visitor.labels == [*towns[PAGE : 2 * PAGE], MORE, ANY]
    await visitor.says("10")  # the number of the button that turns the page
    assert visitor.labels == [*towns[2 * PAGE :], ANY]
    assert "哪个乡镇" in await visitor.says(Heard.press(f"towns={MORE}"))  # there is no more
    await visitor.says("返回")
    assert visitor.labels[0] == towns[0]
    await visitor.says(towns[-1], ANY, "对")  # one that stands on another page
    assert visitor.wish is not None
    assert visitor.wish.towns == (towns[-1],)


async def test_another_place_asks_for_its_own_town(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says(NEAR, "同意", "电焊", "南和", "全职")
    assert "威县哪个乡镇" in await visitor.says("还是威县吧")
    assert "地方：威县（第什营镇）" in await visitor.says("第什营", ANY)
    assert "清河县哪个乡镇" in await visitor.says("改地方", "清河")
    assert "地方：清河县" in await visitor.says(ANY)
    assert "工资都行" not in await visitor.says("改地方", "北京")
    await visitor.says("对")
    assert visitor.wish is not None
    assert (visitor.wish.counties, visitor.wish.towns) == ((), ())


async def test_a_place_outside_said_at_the_town_ends_the_question(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says(NEAR, "同意", "电焊", "南和", "全职")
    assert "工资最少" in await visitor.says("算了，去北京吧")


async def test_who_says_late_that_it_must_be_near_is_asked_for_the_town(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊", "同意", "南和", "全职")
    assert "南和区哪个乡镇" in await visitor.says("得离家近")
    assert "工资最少" in await visitor.says(Heard.press("towns=和阳镇"))


async def test_a_town_of_several_counties_is_in_the_one_that_was_told(
    visitor: Visitor, reader: WorkReader
) -> None:
    shared = set(reader.towns("任泽区")) & set(reader.towns("南宫市"))
    assert shared
    for town in shared:
        await visitor.starts("wish")
        agreed = () if visitor.office.agreed else ("同意",)
        await visitor.says(NEAR, *agreed, "电焊", "任泽", "全职")
        await visitor.says(f"去{town}吧", ANY, "对")
        assert visitor.wish is not None
        assert (visitor.wish.counties, visitor.wish.towns) == (("任泽区",), (town,))


async def test_afresh_forgets_what_was_said_but_not_the_consent(visitor: Visitor) -> None:
    await visitor.starts("wish")
    assert "想找什么活" in await visitor.says(ALL_SAID, "同意", AGAIN)
    await visitor.says("保洁，威县，兼职", "每小时18元以上", "对")
    assert visitor.wish == Wish(
        ("保洁员",), ("威县",), pay_min=18, pay_unit=PayUnit.HOUR, work_type=WorkType.PART_TIME
    )


async def test_a_search_is_saved_with_what_it_looked_for(visitor: Visitor) -> None:
    await visitor.starts("wish?o=纺织工&c=清河县&k=fz")
    await visitor.says("同意")
    assert "工资最少" in visitor.spoken[-1].text  # the only field that is not told
    await visitor.says(ANY, "对")
    assert visitor.wish == Wish(
        ("纺织工",), ("清河县",), work_type=WorkType.FULL_TIME, housing=True
    )


async def test_a_forged_button_brings_nothing_into_the_ledger(visitor: Visitor) -> None:
    await visitor.starts("wish?o=<b>&c=火星县&y=abc")
    assert "想找什么活" in visitor.spoken[-1].text


async def test_a_search_that_goes_anywhere_is_saved(visitor: Visitor) -> None:
    visitor.office.agreed["web:a"] = True
    await visitor.starts("wish?o=瓦工&a=*&y=5000&k=fzc")
    await visitor.says("对")
    assert visitor.wish == Wish(
        ("瓦工",), away=("*",), pay_min=5000, pay_unit=PayUnit.MONTH,
        work_type=WorkType.FULL_TIME, housing=True, meals=True,
    )  # fmt: skip


async def test_talk_without_end_does_not_swell_the_session(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊", "同意")
    for sum_ in range(3000, 3050):
        await visitor.says(f"工资{sum_}")
    assert len(visitor.session.answers) < 30
    await visitor.says("清河", "全职", ANY)
    assert "每月3049元以上" in visitor.spoken[-2].text


async def test_a_policy_question_in_the_middle_is_answered_and_the_question_comes_again(
    visitor: Visitor,
) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊", "同意")
    said = await visitor.says("学电焊有补贴吗")
    assert "补贴的要点" in said
    assert "哪个县" in said
    await visitor.says("清河", "全职", ANY, ANY, "对")
    assert visitor.wish is not None


@pytest.mark.parametrize("nonsense", ["紫色的天空", "😀", "？", "42"])
async def test_what_says_nothing_is_asked_again(visitor: Visitor, nonsense: str) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊", "同意")
    said = await visitor.says(nonsense)
    assert "没看明白" in said
    assert "哪个县" in said


async def test_back_takes_back_one_answer_at_a_time(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says("电焊", "同意", "清河", "全职")
    assert "工资最少" in visitor.spoken[-1].text
    assert "什么样的活" in await visitor.says("返回")
    assert "哪个县" in await visitor.says("返回")
    assert "同意登记吗" in await visitor.says("返回")
    assert "想找什么活" in await visitor.says("返回")
    await visitor.says(ALL_SAID, "同意", "改工资")
    assert "说得对吗" in await visitor.says("返回")


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("word", ["取消", "菜单", "人工"])
async def test_leaving_at_any_question_writes_nothing(
    visitor: Visitor, before: int, word: str
) -> None:
    await visitor.starts("wish")
    await visitor.says(*("电焊", "同意", "清河", "全职", "六千", "管住")[:before])
    await visitor.says(word)
    assert visitor.session.script is None
    assert visitor.office.keys == []


async def test_a_kept_wish_is_changed_without_asking_for_the_rest(visitor: Visitor) -> None:
    visitor.office.wishes["web:a"] = Wish(("电焊工",), ("南和区",))
    said = await visitor.starts("wish.change")
    assert "工种：电焊工" in said
    assert "工资：都行" in said
    said = await visitor.says("改地方", "清河或者威县", "工资五千", "对")
    assert "改好了" in said
    assert visitor.wish == Wish(
        ("电焊工",), ("清河县", "威县"), pay_min=5000, pay_unit=PayUnit.MONTH
    )


async def test_a_kept_wish_is_told_afresh(visitor: Visitor) -> None:
    visitor.office.wishes["web:a"] = Wish(("电焊工",), ("南和区",), housing=True)
    await visitor.starts("wish.change")
    await visitor.says(AGAIN, "保洁，威县，兼职，一小时二十", "对")
    assert visitor.wish == Wish(
        ("保洁员",), ("威县",), pay_min=20, pay_unit=PayUnit.HOUR, work_type=WorkType.PART_TIME
    )


@pytest.mark.parametrize(("start", "first"), [("wish.change", ("不找了",)), ("wish.withdraw", ())])
async def test_a_wish_is_withdrawn_after_a_yes(
    visitor: Visitor, start: str, first: tuple[str, ...]
) -> None:
    visitor.office.wishes["web:a"] = Wish(("电焊工",))
    await visitor.starts(start)
    await visitor.says(*first)
    assert "真的不找了吗" in visitor.spoken[-1].text
    assert "不撤" in await visitor.says("不是")
    assert visitor.wish is not None
    await visitor.starts(start)
    assert "撤了" in await visitor.says(*first, "是")
    assert visitor.wish is None


@pytest.mark.parametrize("start", ["wish.change", "wish.withdraw"])
async def test_there_may_be_no_wish(visitor: Visitor, start: str) -> None:
    assert "没有登记" in await visitor.starts(start)
    assert "登记找活" in visitor.labels


async def test_a_turn_that_runs_twice_has_the_same_keys(visitor: Visitor) -> None:
    await visitor.starts("wish")
    await visitor.says(ALL_SAID, "同意")
    before, turns = visitor.session, visitor.turns
    await visitor.says("对")
    visitor.session, visitor.turns = before, turns
    await visitor.says("对")
    first, second = visitor.office.keys[:3], visitor.office.keys[3:]
    assert first == second


def test_every_button_is_read_as_what_it_says(reader: WorkReader) -> None:
    for trades in reader.groups().values():
        for trade in trades:
            assert reader.wish(trade).occupations == (trade,)
    for county in reader.counties():
        assert reader.wish(county).counties == (county,)
        for town in reader.towns(county):
            assert reader.wish(town).towns == (town,)
            assert reader.wish(town).counties in ((county,), ())  # other counties have one too
    for kind in WorkType:
        assert reader.wish(kind).work_type is kind
    for kind, unit in ((None, PayUnit.MONTH), (WorkType.SHORT, PayUnit.DAY),
                       (WorkType.PART_TIME, PayUnit.HOUR)):  # fmt: skip
        said = [reader.wish(label) for label in sums(kind)[:-1]]
        assert [(it.pay_min, it.pay_unit) for it in said] == [(it, unit) for it in SUMS[unit]]
    assert reader.wish(sums(None)[-1]).pay_unit is PayUnit.PIECE
    beds = [(reader.wish(it).housing, reader.wish(it).meals) for it in BEDS]
    assert beds == [(True, None), (None, True), (True, True), (False, None)]
    assert reader.is_any(ANY)
    assert not any(reader.is_any(label) for label in (*EDITS, AGAIN))


def test_my_data_and_my_card_tell_the_town(words: Words) -> None:
    told = words.say("card.wish", wish=Wish(("电焊工",), ("南和区",), ("和阳镇",)))
    assert told == "电焊工，南和区（和阳镇）"


def test_every_button_fits_the_narrowest_channel(reader: WorkReader) -> None:
    for trade in (trade for trades in reader.groups().values() for trade in trades):
        assert len(f"occupations={trade}".encode()) <= 64
    for town in (town for county in reader.counties() for town in (*reader.towns(county), MORE)):
        assert len(f"towns={town}".encode()) <= 64
