"""我能享受什么: conversations with the real rules, the real words and the real switchboard."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest
import yaml

from bot.knowledge.eligibility import Eligibility
from bot.knowledge.texts import Texts
from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import Spoken, Switchboard
from bot.words import Words
from dialogs.benefits import MOST_ASKED, find_benefits
from dialogs.menu import show_menu
from dialogs.policy import (
    Answered,
    Declined,
    Found,
    PolicyAnswer,
    Source,
    Started,
    answer_question,
)
from dialogs.talk import Heard, Outcome, Talk

CONTENT = Path(__file__).resolve().parents[2] / "content"
TODAY = date(2026, 11, 22)
ON_A_PHONE = 900  # characters of the longest closing reply


class Signpost:
    """A library in which one sentence leads to another conversation."""

    async def find(self, question: str, *, about: tuple[str, ...] = ()) -> Found:
        return Started("benefits") if "领啥" in question else Declined()

    def titles(self) -> dict[str, str]:
        return {}


class Visitor:
    """Says and presses things one after the other."""

    def __init__(self, words: Words, adviser: Eligibility) -> None:
        scripts = {
            "menu": show_menu,
            "policy": partial(answer_question, library=Signpost()),
            "benefits": partial(find_benefits, adviser=adviser),
        }
        commands = yaml.safe_load((CONTENT / "commands.yaml").read_text("utf-8"))
        said = {str(form): name for name, forms in commands.items() for form in forms}
        self.board = Switchboard(scripts, words, said, "1")
        self.session = Session(greeted="1", at=1.0)
        self.spoken: list[Spoken] = []

    async def says(self, *said: str | Heard) -> str:
        for one in said:
            heard = one if isinstance(one, Heard) else Heard(one)
            turn = await self.board.take(self.session, heard, "web:a", "7-1-0", 2.0)
            self.session = Session.unpack(turn.session.pack())
            self.spoken = turn.spoken
        return "\n".join(it.text for it in self.spoken)

    async def starts(self, address: str) -> str:
        return await self.says(Heard.press(f"/{address}"))

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.spoken[-1].buttons]

    async def answers(self, **known: str) -> str:
        """Answer every question with what is `known`, or 不清楚, to the end."""
        text = ""
        while self.session.script is not None:
            asked = self.spoken[-1].buttons[0].send.partition("=")[0]
            text = await self.says(known.get(asked, "不清楚"))
            assert "请从下面选一个" not in text, known[asked]
        return text


@pytest.fixture(scope="module")
def words() -> Words:
    facts = {"hotline_name": "热线", "retention_days": 180, "desk_hours": "8:00-18:00"}
    return Words.load(CONTENT / "replies", facts)


@pytest.fixture(scope="module")
def adviser() -> Eligibility:
    return Eligibility.open(CONTENT, Texts.read(CONTENT), lambda: TODAY)


@pytest.fixture
def visitor(words: Words, adviser: Eligibility) -> Visitor:
    return Visitor(words, adviser)


async def test_a_poor_shopkeeper_is_told_what_she_likely_gets_with_amount_and_source(visitor):
    first = await visitor.starts("benefits")
    assert "不给您登记什么" in first
    assert "替谁问" in first
    said = await visitor.answers(
        asker="个人", poor="是", work="自己开店办厂", first_business="头一回",
        business_months="8个月", in_incubator="在基地外", veteran="不是", disabled="没有残疾",
        graduate="不是", schooling="都没有",
    )  # fmt: skip
    assert "一次性创业补贴每人5000元，只发一次。" in said
    assert "稳定经营6个月以上" in said
    assert "中国组织人事报，2019-04-19" in said
    assert "2018年的做法" in said
    assert "核实" in said
    assert "一次性创业补贴" in visitor.labels
    assert visitor.spoken[-1].outcome is Outcome.ANSWERED


async def test_what_is_not_met_is_told_with_the_words_of_the_policy(visitor):
    await visitor.starts("benefits?id=startup-subsidy")
    said = await visitor.answers(
        asker="个人",
        poor="是",
        work="自己开店办厂",
        first_business="头一回",
        business_months="4个月",
    )
    assert "不够" in said
    assert "差在：稳定经营6个月以上" in said


async def test_what_is_not_known_stays_open_and_is_named(visitor):
    await visitor.starts("benefits?id=startup-subsidy")
    said = await visitor.answers(
        asker="个人", poor="是", work="自己开店办厂", first_business="头一回"
    )
    assert "还说不准" in said
    assert "要弄清的：稳定经营6个月以上" in said


async def test_only_what_can_still_matter_is_asked(visitor):
    await visitor.starts("benefits?id=startup-subsidy")
    asked = []
    while visitor.session.script is not None:
        asked.append(visitor.spoken[-1].buttons[0].send.partition("=")[0])
        await visitor.says("企业" if asked[-1] == "asker" else "不清楚")
    assert asked == ["asker"]


async def test_enough_ends_at_any_question_and_tells_what_is_known(visitor):
    await visitor.starts("benefits")
    said = await visitor.says("个人", "打算自己创业", "就这些")
    assert visitor.session.script is None
    assert "还说不准" in said
    await visitor.starts("benefits")
    await visitor.says("个人", "打算自己创业")
    assert said == await visitor.says(Heard.press(visitor.spoken[-1].buttons[-1].send))


async def test_back_takes_the_last_answer_back(visitor):
    await visitor.starts("benefits")
    asked = await visitor.says("个人")
    assert await visitor.says("不清楚") != asked
    assert await visitor.says("返回") == asked


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("一年半", "18"),
        ("3年", "36"),
        ("半年", "6"),
        ("1年3个月", "15"),
        ("十二个月", "12"),
        ("不到1年", "..12"),
    ],
)
async def test_how_long_is_read_as_people_say_it(adviser, said, meant):
    assert adviser.read("insured_months", said) == meant
    assert adviser.read("insured_months", meant) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2025年7月", "2025-07"),
        ("25年7月", "2025-07"),
        ("去年7月", "2025-07"),
        ("2025.7.1", "2025-07-01"),
        ("2024", "2024"),
    ],
)
async def test_a_date_is_read_as_people_say_it(adviser, said, meant):
    assert adviser.read("graduated", said) == meant
    assert adviser.read("graduated", meant) == meant


@pytest.mark.parametrize("said", ["2025年13月", "好几年", "", "7", "2025-02-30"])
async def test_what_is_no_date_is_not_taken_for_one(adviser, said):
    assert adviser.read("graduated", said) is None


async def test_an_answer_that_cannot_be_read_is_asked_again(visitor):
    await visitor.starts("benefits")
    said = await visitor.says("紫色的")
    assert "请从下面选一个" in said
    assert "就这些" in said
    assert said.endswith("您是替谁问的？")


async def test_a_policy_that_has_ended_is_told_with_its_date_and_never_promised(visitor):
    await visitor.starts("benefits?id=agency-subsidy-2020")
    said = await visitor.answers(asker="劳务中介", sent_people="5人以上", sent_months="6个月以上")
    assert "2020年12月31日" in said
    assert "已经到期" in said
    assert "可能够" not in said


async def test_an_ended_policy_is_no_reason_to_ask_when_everything_is_looked_at(adviser):
    known = {"asker": "agency"}
    assert adviser.next_question(known, None) is None
    assert adviser.advise(known, None).likely == ()


async def test_an_employer_is_not_told_of_what_is_for_people(visitor):
    await visitor.starts("benefits")
    said = await visitor.answers(
        asker="企业", firm_kind="企业", hires_poor="招了", hired_months="8个月"
    )
    assert "每吸纳1人给予企业1000元" in said
    assert "雨露计划" not in said


async def test_a_sentence_can_lead_into_the_conversation(visitor):
    assert "替谁问" in await visitor.says("我能领啥补贴")
    assert visitor.session.script == "benefits"
    assert visitor.session.lately == "我能领啥补贴"


async def test_the_signpost_does_not_interrupt_another_conversation(visitor):
    await visitor.starts("benefits")
    assert "请从下面选一个" in await visitor.says("我能领啥补贴")


async def test_under_an_answer_stands_a_button_that_asks_whether_one_fits():
    class Told(Signpost):
        async def find(self, question: str, *, about: tuple[str, ...] = ()) -> Found:
            source = Source("报道", "报", "", "2019-04-19", "")
            ruled = question == "雨露计划"
            return Answered((PolicyAnswer("yulu-plan", "", "1", "", (), "", source, (), ruled),))

    async def sends(question: str) -> list[str]:
        talk = Talk("web:a", "1", "policy", heard=Heard(question))
        return [it.send for it in (await answer_question(talk, Told())).options]

    assert "/benefits?id=yulu-plan" in await sends("雨露计划")
    assert "/benefits?id=yulu-plan" not in await sends("别的")


async def test_a_policy_without_rules_is_not_judged(visitor):
    assert "没法帮您对条件" in await visitor.starts("benefits?id=hotline-110")
    assert visitor.session.script is None


async def test_supervisors_see_the_rule_the_answer_and_where_it_stands(visitor):
    await visitor.starts("benefits?id=yulu-plan")
    await visitor.answers(asker="个人", poor="是", schooling="都没有")
    evidence = visitor.spoken[-1].evidence
    [offer] = evidence["rules"]
    assert offer["verdict"] == "no"
    assert offer["rules"][-1] == {
        "rule": "schooling one_of tech vocational",
        "said": "none",
        "met": "no",
        "cite": "正在接受中、高等职业教育",
    }


async def test_every_question_has_buttons_with_a_way_out(words, adviser):
    for fact in adviser.facts:
        assert words.say(f"benefits.{fact}")
    visitor = Visitor(words, adviser)
    await visitor.starts("benefits")
    assert visitor.labels[-2:] == ["不清楚", "就这些"]


@pytest.mark.parametrize("choice", range(8))
async def test_the_end_fits_a_phone_and_comes_after_a_dozen_questions(visitor, choice):
    await visitor.starts("benefits")
    asked = 0
    while visitor.session.script is not None:
        buttons = visitor.spoken[-1].buttons[:-1]
        asked += 1
        await visitor.says(Heard.press(buttons[(choice * asked) % len(buttons)].send))
    assert asked <= MOST_ASKED
    assert len(visitor.spoken[-1].text) <= ON_A_PHONE
