"""Who hears a sentence: conversations with the real scripts and the real words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import yaml

from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import HELD_FOR, Switchboard
from bot.words import Words
from dialogs.feedback import take_reason, take_verdict
from dialogs.handoff import ask_for_a_person
from dialogs.menu import follow_link, show_menu
from dialogs.policy import (
    Answered,
    Choices,
    Declined,
    Found,
    PolicyAnswer,
    Source,
    answer_question,
    show_policy,
)
from dialogs.questions import choice
from dialogs.talk import Heard, Kind, Outcome, Reply, Talk
from tests.wording import WORDS

CONTENT = Path(__file__).resolve().parents[2] / "content"
COMMANDS = {
    str(form): name
    for name, forms in yaml.safe_load((CONTENT / "commands.yaml").read_text()).items()
    for form in forms
}
FACTS = {"hotline_name": "热线", "retention_days": 180, "desk_hours": "8:00-18:00"}
OURS = {"order.drink": "喝什么？", "order.done": "来了：{{ drink }}"}
SAID = Words(WORDS.texts | OURS, FACTS)
TITLES = {"startup-loan": "创业担保贷款", "startup-subsidy": "一次性创业补贴"}


class SmallLibrary:
    """Two policies; a question with 贷款 or 补贴 is clear, one with 创业 is either."""

    async def find(self, question: str, *, about: tuple[str, ...] = ()) -> Found:
        if "贷款" in question:
            return Answered((self.show("startup-loan", "lead"),))
        if "补贴" in question:
            return Answered((self.show("startup-subsidy", "lead"),))
        if "创业" in question:
            return Choices(tuple(TITLES.items()))
        return Declined()

    def titles(self) -> Mapping[str, str]:
        return TITLES

    def parts(self) -> Mapping[str, str]:
        return {"lead": "要点", "how": "怎么办", "source": "来源"}

    def show(self, policy: str, part: str, question: str = "") -> PolicyAnswer:
        source = Source("报道", "报", "原文未载明", "2019-04-19", "https://example.org")
        title = TITLES[policy]
        return PolicyAnswer(policy, title, "1", f"{title}的{part}", (), "", source)


@dataclass
class Tray:
    tickets: list[tuple[str, str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    asked: int = 0  # to open one
    verdicts: list[tuple[str, str]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)

    async def open(self, visitor: str, topic: str, key: str, context: str) -> Tray:
        self.asked += 1
        if key not in self.keys:
            self.keys.append(key)
            self.tickets.append((visitor, topic, context))
        return self

    async def call_back(self, key: str, contact: str, when: str = "") -> None:
        self.calls.append((contact, when))

    @property
    def number(self) -> int:
        return len(self.tickets)

    async def record(self, visitor: str, about: str, useful: bool, key: str) -> None:
        self.verdicts.append((about, str(useful)))

    async def explain(self, visitor: str, about: str, reason: str, key: str) -> None:
        self.verdicts.append((about, reason))


async def order(talk: Talk) -> Reply:
    return Reply("order.done", {"drink": await talk.ask("drink", choice("茶", "水"))})


class Hours:
    """Somebody is at the desk, or will be."""

    is_on = True

    def are_on(self) -> bool:
        return self.is_on

    def next_opening(self) -> str:
        return "3月2日8:00"


class Visitor:
    """Says things one after the other and keeps what was said to it."""

    def __init__(self) -> None:
        library, self.tray, self.hours = SmallLibrary(), Tray(), Hours()
        scripts = {
            "menu": show_menu,
            "link": partial(follow_link, library=library),
            "policy": partial(answer_question, library=library),
            "policy.show": partial(show_policy, library=library),
            "handoff": partial(ask_for_a_person, desk=self.tray, hours=self.hours),
            "feedback": partial(take_verdict, book=self.tray),
            "feedback.why": partial(take_reason, book=self.tray),
            "order": order,
        }
        self.off: set[str] = set()
        self.board = Switchboard(
            scripts,
            SAID,
            COMMANDS,
            "1",
            lambda *names: not self.off.isdisjoint(names),
            lambda text: "order" if text == "茶" else None,
        )
        self.session = Session(greeted="1", at=1000.0)
        self.numbers = count(1)
        self.at = 1000.0
        self.outcome = Outcome.CHAT
        self.sends: list[str] = []

    async def says(self, *said: str | Heard) -> str:
        text = ""
        for one in said:
            heard = one if isinstance(one, Heard) else Heard(one)
            turn = await self.board.take(
                self.session, heard, "web:a", f"7-{next(self.numbers)}-0", self.at
            )
            self.session = Session.unpack(turn.session.pack())
            text = "\n".join(it.text for it in turn.spoken)
            self.outcome = turn.spoken[-1].outcome if turn.spoken else Outcome.CHAT
            self.sends = [it.send for spoken in turn.spoken for it in spoken.buttons]
        return text

    async def presses(self, send: str) -> str:
        return await self.says(Heard.press(send))


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


async def test_first_contact_says_who_this_is_and_answers_in_the_same_breath(
    visitor: Visitor,
) -> None:
    visitor.session.greeted = ""
    said = await visitor.says("创业贷款多少")
    for fact in ("机器人", "记录", "180天", "人工"):
        assert fact in said
    assert "创业担保贷款的lead" in said
    assert "机器人" not in await visitor.says("创业贷款多少")


async def test_a_clear_question_is_answered_and_its_buttons_show_more(visitor: Visitor) -> None:
    assert "创业担保贷款的lead" in await visitor.says("创业贷款多少")
    assert visitor.outcome is Outcome.ANSWERED
    assert "创业担保贷款的how" in await visitor.presses("/policy.show?id=startup-loan&part=how")


async def test_an_unclear_question_is_narrowed_down_by_button_number_title_or_new_words(
    visitor: Visitor,
) -> None:
    for pick in ("1", "一次性创业补贴", Heard.press("which=startup-loan"), "补贴咋领"):
        await visitor.says("创业")
        assert visitor.outcome is Outcome.CHOICES
        await visitor.says(pick)
        assert visitor.outcome is Outcome.ANSWERED
    await visitor.says("创业", "都不是")
    assert visitor.outcome is Outcome.DECLINED
    assert visitor.session.script is None


async def test_who_wants_something_else_instead_of_a_choice_gets_that(visitor: Visitor) -> None:
    await visitor.says("创业")
    assert await visitor.says("茶") == "来了：茶"
    assert visitor.session.lately == "茶"


async def test_what_is_not_known_is_declined_with_a_way_to_a_person(visitor: Visitor) -> None:
    await visitor.says("明天下雨不")
    assert visitor.outcome is Outcome.DECLINED
    assert "/handoff" in visitor.sends


async def test_a_person_gets_what_was_asked_last(visitor: Visitor) -> None:
    await visitor.says("创业贷款多少", "人工")
    assert visitor.tray.tickets == [("web:a", "创业贷款多少", "startup-loan")]
    assert visitor.outcome is Outcome.HANDOFF


async def test_a_person_asked_for_at_once_needs_to_know_what_about(visitor: Visitor) -> None:
    await visitor.says("人工")
    assert visitor.tray.tickets == []
    await visitor.says("我的补助没到账")
    assert visitor.tray.tickets == [("web:a", "我的补助没到账", "")]


async def test_what_was_asked_long_ago_is_no_topic_any_more(visitor: Visitor) -> None:
    await visitor.says("创业贷款多少")
    visitor.at += 4000
    await visitor.says("人工")
    assert visitor.tray.tickets == []


async def test_a_policy_question_inside_another_script_is_answered_and_the_script_goes_on(
    visitor: Visitor,
) -> None:
    await visitor.presses("/order")
    said = await visitor.says("创业贷款多少")
    assert "创业担保贷款的lead" in said
    assert said.endswith("喝什么？")
    assert await visitor.says("水") == "来了：水"


async def test_a_question_inside_another_script_that_may_mean_several_is_told_which(
    visitor: Visitor,
) -> None:
    await visitor.presses("/order")
    said = await visitor.says("创业给多少")
    assert "创业担保贷款、一次性创业补贴" in said
    assert "没看明白" not in said
    assert said.endswith("喝什么？")
    assert "创业担保贷款的lead" in await visitor.says("贷款")
    assert await visitor.says("水") == "来了：水"


async def test_who_keeps_asking_other_things_is_not_asked_again_but_may_go_on(
    visitor: Visitor,
) -> None:
    await visitor.presses("/order")
    for _ in range(2):
        assert (await visitor.says("创业贷款多少")).endswith("喝什么？")
    said = await visitor.says("创业贷款多少")
    assert "喝什么" not in said
    assert "接着办" in said
    assert visitor.session.script is None
    await visitor.says("水")
    assert visitor.outcome is Outcome.DECLINED
    before = visitor.session
    assert await visitor.says("接着办") == "喝什么？"
    assert before.shelved == ["order", {}]
    assert await visitor.says("水") == "来了：水"
    assert "喝什么" not in await visitor.says("接着办")


async def test_who_comes_back_to_the_question_may_ask_aside_again(visitor: Visitor) -> None:
    await visitor.presses("/order")
    for _ in range(2):
        assert (await visitor.says("创业贷款多少")).endswith("喝什么？")
    await visitor.says("水")
    await visitor.presses("/order")
    assert (await visitor.says("创业贷款多少")).endswith("喝什么？")


async def test_what_the_running_question_cannot_read_is_complained_of(visitor: Visitor) -> None:
    await visitor.presses("/order")
    said = await visitor.says("咖啡")
    assert "请从下面选一个" in said
    assert visitor.session.script == "order"


@pytest.mark.parametrize("word", ["返回", "取消", "菜单", "人工", "返回。", " 取消 "])
async def test_the_four_words_work_everywhere(visitor: Visitor, word: str) -> None:
    for before in ([], ["创业"], [Heard.press("/order")], ["创业贷款"]):
        visitor.session = Session(greeted="1", at=1000.0)
        assert await visitor.says(*before, word)
        assert visitor.session.script in (None, "handoff", "policy")
        assert visitor.session.answers == {}


async def test_back_asks_the_question_before_again(visitor: Visitor) -> None:
    await visitor.says("创业")
    assert visitor.session.answers == {"question": "创业"}
    said = await visitor.says("返回")
    assert "问" in said
    assert visitor.session.script == "policy"
    assert "创业担保贷款的lead" in await visitor.says("创业贷款")


async def test_an_old_button_is_told_to_be_old(visitor: Visitor) -> None:
    assert "过期" in await visitor.presses("which=startup-loan")
    await visitor.presses("/order")
    assert "前面问题" in await visitor.presses("which=startup-loan")


async def test_a_verdict_is_kept_with_the_turn_it_is_about_and_no_use_asks_why(
    visitor: Visitor,
) -> None:
    await visitor.says("创业贷款多少")
    [useful, useless] = [send for send in visitor.sends if send.startswith("/feedback")]
    assert "谢谢" in await visitor.presses(useful)
    await visitor.presses(useless)
    await visitor.presses(visitor.sends[2])
    assert visitor.tray.verdicts == [("7-1-0", "True"), ("7-1-0", "False"), ("7-1-0", "说得不对")]


async def test_a_number_presses_the_button_of_the_last_message(visitor: Visitor) -> None:
    await visitor.says("菜单")
    await visitor.says(str(visitor.sends.index("/handoff") + 1))
    assert visitor.session.script == "handoff"
    await visitor.says("菜单", "９")  # no such button: a sentence like any other
    assert visitor.outcome is Outcome.DECLINED


@pytest.mark.parametrize("send", ["/nowhere", "/", "/policy.show?id=gone&part=how", "/menu?x=1"])
async def test_a_button_that_leads_nowhere_does_no_harm(visitor: Visitor, send: str) -> None:
    assert await visitor.presses(send)


async def test_a_link_from_a_poster_leads_to_its_policy(visitor: Visitor) -> None:
    assert "创业担保贷款" in await visitor.presses("/link?to=startup-loan")
    assert "创业担保贷款" not in await visitor.presses("/link?to=<script>")


@pytest.mark.parametrize("kind", [Kind.UNREADABLE, Kind.CONTACT, Kind.LOCATION])
async def test_what_is_not_words_is_answered_kindly(visitor: Visitor, kind: Kind) -> None:
    assert await visitor.says(Heard("1,2", kind=kind))


@pytest.mark.parametrize("kind", [Kind.LEFT, Kind.RETURNED])
async def test_coming_and_going_is_not_answered(visitor: Visitor, kind: Kind) -> None:
    assert await visitor.says(Heard(kind=kind)) == ""


async def test_a_session_of_a_script_that_is_gone_begins_at_the_menu(visitor: Visitor) -> None:
    visitor.session = Session(script="wish?x=1", answers={"a": "b"}, greeted="1", at=1000.0)
    assert await visitor.says("你好")
    assert visitor.session.script is None


async def test_a_turn_leaves_the_session_before_it_as_it_was(visitor: Visitor) -> None:
    await visitor.says("创业")
    before = visitor.session
    packed = before.pack()
    await visitor.board.take(before, Heard("1"), "web:a", "7-2-0", 1001.0)
    assert before.pack() == packed


async def test_a_channel_that_is_switched_off_says_so_and_nothing_else(visitor: Visitor) -> None:
    visitor.off = {"channel:web"}
    assert (await visitor.says("电焊补贴")).startswith("系统正在维护")
    assert visitor.session.script is None
    visitor.off = set()
    assert not (await visitor.says("菜单")).startswith("系统正在维护")


async def test_a_conversation_that_is_switched_off_lets_go_of_who_is_in_it(
    visitor: Visitor,
) -> None:
    await visitor.says("人工")
    visitor.off = {"dialog:handoff"}
    assert "正在维护" in await visitor.says("补贴的事")
    assert "正在维护" in await visitor.says("人工")
    assert "正在维护" not in await visitor.says("菜单")


async def test_by_night_a_number_may_be_left(visitor: Visitor) -> None:
    visitor.hours.is_on = False
    assert "3月2日8:00上班后第一个看" in await visitor.says("人工", "工资被拖欠了")
    assert visitor.outcome is Outcome.HANDOFF
    assert visitor.tray.tickets == [("web:a", "工资被拖欠了", "")]
    assert "看不明白" in await visitor.says("不知道")
    assert "什么时候" in await visitor.says("130 0000 0000")
    assert "按您说的时间打电话" in await visitor.says("上午")
    assert visitor.tray.calls == [("13000000000", ""), ("13000000000", ""), ("13000000000", "上午")]
    assert len(visitor.tray.tickets) == 1
    assert visitor.tray.asked == 1


async def test_by_night_a_question_is_on_the_desk_whatever_is_said_after_it(
    visitor: Visitor,
) -> None:
    visitor.hours.is_on = False
    await visitor.says("创业贷款多少", "人工")
    assert visitor.tray.tickets == [("web:a", "创业贷款多少", "startup-loan")]
    visitor.hours.is_on = True  # morning comes before they answer
    assert "什么时候" in await visitor.says("130 0000 0000")
    assert "喝" not in await visitor.says("返回", "取消")
    assert len(visitor.tray.tickets) == 1


async def test_what_was_asked_aside_is_what_a_person_gets(visitor: Visitor) -> None:
    await visitor.says("创业补贴多少")
    await visitor.presses("/order")
    await visitor.says("创业贷款多少", "人工")
    assert visitor.tray.tickets == [("web:a", "创业贷款多少", "startup-loan")]


async def test_by_night_another_topic_is_another_question(visitor: Visitor) -> None:
    visitor.hours.is_on = False
    await visitor.says("人工", "工资被拖欠了")
    assert "用一两句话" in await visitor.says("返回")
    await visitor.says("合同的事")
    assert [topic for _, topic, _ in visitor.tray.tickets] == ["工资被拖欠了", "合同的事"]


async def test_by_night_no_number_need_be_left(visitor: Visitor) -> None:
    visitor.hours.is_on = False
    await visitor.says("人工", "工资被拖欠了")
    assert "在这里答复您" in await visitor.says("1")
    assert visitor.tray.calls == []


async def test_while_a_person_answers_the_bot_is_silent(visitor: Visitor) -> None:
    joined = await visitor.says(Heard("王", kind=Kind.TAKEN_OVER))
    assert "工作人员王来了" in joined
    assert await visitor.says("电焊补贴", "菜单", "人工") == ""
    assert await visitor.says(Heard("王", kind=Kind.TAKEN_OVER)) == ""
    assert "王先忙别的去了" in await visitor.says(Heard("王", kind=Kind.GIVEN_BACK))
    assert await visitor.says("菜单") != ""
    assert await visitor.says(Heard("王", kind=Kind.GIVEN_BACK)) == ""


async def test_a_person_who_forgets_to_leave_has_left_after_a_while(visitor: Visitor) -> None:
    await visitor.says(Heard("王", kind=Kind.TAKEN_OVER))
    visitor.at += HELD_FOR - 1
    assert await visitor.says("菜单") == ""
    visitor.at += 1
    assert await visitor.says("菜单") != ""
