"""Staff write campaigns in the chat: with the real switchboard, words, desk, records and outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.app.scripts import conversations
from bot.clock import ZONE
from bot.console.bindings import LENGTH, VALID, Bindings
from bot.jobs.campaigns.authors import Authors
from bot.jobs.campaigns.deadlines import NotAMoment, Past, read_deadline
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.jobs.campaigns.posting import Newsroom
from bot.jobs.reading import WorkReader
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.line import Line
from bot.pipeline.messages import HeardLine, Lane, Message
from bot.pipeline.outbox import Outbox
from bot.pipeline.partitions import Keys
from bot.records.audiences import Audiences
from bot.records.audit import Audit
from bot.records.campaign_echoes import Echoes
from bot.records.campaign_rows import Draft, State
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.extensions import Extensions
from bot.records.ledger import Ledger
from bot.records.recipients import Recipients
from bot.records.scope import Scope
from bot.records.staff import Role, Staff
from bot.records.tables import SeekerRow
from bot.records.transcripts import Transcripts
from bot.settings import Settings
from dialogs.bind import bind_account, unbind_account
from dialogs.campaigns import options
from dialogs.menu import show_menu
from dialogs.post import UNTIL, show_posts, take_step, write_post
from dialogs.questions import choice
from dialogs.talk import Heard, Kind, Reply, Script, Talk
from dialogs.work import Wish
from tests.databases import database_in
from tests.dialogs.office import Visitor
from tests.wording import WORDS

SETTINGS = Settings()
CONTENT = SETTINGS.content_dir
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # a Sunday, 11:00 in Xingtai
ANNA = "telegram:1000"
TEXT = "周六上午在人民公园有招聘会。"
PICTURE = "telegram:AgACAgUAAx"
APPROVAL_ABOVE = 3


@pytest.fixture(scope="module")
def reader() -> WorkReader:
    return WorkReader(CONTENT / "directory")


class Bureau:
    """Everything behind the conversations of the staff."""

    def __init__(self, database: Database, line: Line, reader: WorkReader) -> None:
        sessions = database.sessions
        self.now = NOW
        self.words = WORDS
        self.line = line
        self.database = database
        self.staff = Staff(sessions, self.clock)
        self.audit = Audit(sessions, self.clock)
        self.campaigns = Campaigns(sessions, self.clock, APPROVAL_ABOVE)
        recipients, audiences = Recipients(sessions, self.clock), Audiences(sessions, self.clock)
        rules = Rules(("telegram", "web"))
        extensions = Extensions(sessions, self.clock)
        freezer = Freezer(self.campaigns, audiences, recipients, extensions, rules)
        bell = Doorbell(lambda _hop, _partition: True, lambda *_: None)
        rates = {"telegram": 30.0, "web": 200.0}
        outbox = Outbox(line, bell, lambda: WORDS)
        self.desk = CampaignDesk(
            self.campaigns, audiences, recipients, freezer, rules, rates,
            outbox, Echoes(sessions), Authors(self.staff, outbox), self.clock,
        )  # fmt: skip
        self.room = Newsroom(
            self.staff, self.desk, self.audit, lambda: WORDS, reader,
            lambda number: WORDS.buttons(Reply("", options=options(number))),
            lambda number: f"https://164.example/console/campaigns/{number}", self.clock,
        )  # fmt: skip
        self.bindings = Bindings(line, self.staff, self.audit)
        self._lines = count(1)

    def clock(self) -> datetime:
        return self.now

    async def hire(
        self, urn: str | None = ANNA, role: Role = Role.SUPERVISOR, *counties: str
    ) -> int:
        """A member of staff whose account that is; their number."""
        login = f"staff{next(self._lines)}"
        scope = Scope(frozenset(counties))
        member = await self.staff.add(login, "安娜", role, "hash", scope)
        await self.staff.bind_telegram(member.number, urn)
        return member.number

    async def disable(self, number: int) -> None:
        scope = Scope()
        await self.staff.change(
            number, name="安娜", role=Role.SUPERVISOR, scope=scope, is_active=False
        )

    async def come(self, *urns: str, county: str | None = None, name: str = "") -> None:
        """Somebody writes to the hotline and is in the ledger."""
        at = self.now.timestamp()
        for urn in urns:
            said = HeardLine(f"e{urn}", urn, at, "你好", "words")
            await Transcripts(self.database.sessions).write([(f"0-{next(self._lines)}-0", said)])
            ledger = Ledger(self.database.sessions, self.clock)
            await ledger.register(urn, Wish(occupations=("电焊工",)), f"r{urn}")
            mine = update(SeekerRow).where(SeekerRow.urn == urn)
            async with self.database.sessions.begin() as session:
                await session.execute(mine.values(county=county, name=name or None))

    async def draft(self, number: int = 1) -> Draft:
        return (await self.campaigns.get(number)).draft

    async def state(self, number: int = 1) -> State:
        return (await self.campaigns.get(number)).state

    async def steps(self, number: int = 1) -> list[str]:
        return [it.action for it in await self.campaigns.history(number)]

    async def acts(self) -> list[tuple[str, str, str]]:
        """What is in the audit, each act once, the first first."""
        found = [(it.staff, it.action, it.about) for it in await self.audit.latest(99)]
        return list(dict.fromkeys(reversed(found)))

    async def tried(self, urn: str = ANNA) -> list[Message]:
        """What waits in the outbox for somebody."""
        key = Keys.of(urn).key(Lane.INTERACTIVE.outbox("telegram"))
        entries = await self.line.redis.xrange(key)
        return [Message.unpack(fields[b"d"]) for _, fields in entries]

    def scripts(self) -> dict[str, Script]:
        desk_of = self.room.desk_of
        return {
            "menu": show_menu,
            "policy": _echo,
            "wish": _form,
            "post": partial(write_post, desk_of=desk_of),
            "post.step": partial(take_step, desk_of=desk_of),
            "post.list": partial(show_posts, desk_of=desk_of),
            "bind": partial(bind_account, bindings=self.bindings),
            "unbind": partial(unbind_account, bindings=self.bindings),
        }


async def _echo(talk: Talk) -> Reply:
    """What the default conversation would hear."""
    return Reply("questions.pick", {"titles": [f"听到{talk.lately}"]})


async def _form(talk: Talk) -> Reply:
    await talk.ask("pay", choice("发通知", "不发"))
    return Reply("menu.shown")


class Person(Visitor):
    """One who writes to the bureau."""

    def __init__(self, bureau: Bureau, urn: str = ANNA) -> None:
        super().__init__(bureau, urn)
        self.bureau = bureau

    async def writes(self, text: str | Heard = TEXT) -> str:
        """A campaign to everybody; the preview."""
        await self.says("发通知", "岗位", text)
        return await self.presses("全部", "不设")

    @property
    def labels(self) -> list[str]:
        return [it.label for it in self.spoken[-1].buttons]


@pytest.fixture
async def bureau(tmp_path: Path, line: Line, reader: WorkReader) -> AsyncIterator[Bureau]:
    async with database_in(tmp_path) as database:
        yield Bureau(database, line, reader)


@pytest.fixture
async def anna(bureau: Bureau) -> Person:
    await bureau.hire()
    return Person(bureau)


async def test_a_campaign_is_written_shown_tried_and_sent(bureau: Bureau, anna: Person) -> None:
    await bureau.come("telegram:1", "web:2", county="清河县")
    assert "哪一类" in await anna.says("/post")
    assert anna.labels == ["岗位", "政策", "培训", "其他"]
    assert "正文" in await anna.presses("岗位")
    assert "发给谁" in await anna.says(TEXT)
    assert anna.labels == ["全部", "按县", "按工种", "自己写条件"]
    assert "什么时间" in await anna.presses("全部")
    assert anna.labels == list(UNTIL)
    preview = await anna.presses("七天后")
    assert "第 1 号草稿：岗位 周六上午在人民公园有招聘会。" in preview
    assert "发给：所有人" in preview
    assert "过了 2026-11-29 23:59:00 不再发" in preview
    assert "符合条件 2 人，能发 2 人" in preview
    assert "Telegram：1 人" in preview
    assert "清河县：2 人" in preview
    assert preview.count(TEXT) == 3  # the name, and two who would get it
    assert preview.endswith("https://164.example/console/campaigns/1")
    assert anna.labels == ["发给自己看看", "现在发", "存草稿", "取消这个通知", "我的通知"]
    assert "已经发给您自己" in await anna.presses("发给自己看看")
    [tried] = await bureau.tried()
    assert (tried.text, [it.label for it in tried.buttons]) == (TEXT, ["感兴趣", "不再接收"])
    assert await bureau.steps() == ["draft", "change"]
    sent = await anna.presses("现在发")
    assert "好，开始发了" in sent
    assert "发送中，0 / 2 人" in sent
    assert anna.labels == ["暂停", "取消这个通知", "我的通知"]
    assert await bureau.state() is State.RUNNING
    login = (await bureau.campaigns.get(1)).created_by
    assert [act for act in await bureau.acts() if act[0] == login] == [
        (login, f"campaign_{step}", "campaign:1") for step in ("draft", "test", "start")
    ]


async def test_a_second_tap_starts_nothing_twice(bureau: Bureau, anna: Person) -> None:
    await bureau.come("telegram:1")
    await anna.writes()
    [send] = [it.send for it in anna.spoken[-1].buttons if it.label == "现在发"]
    for _ in range(3):
        assert "好，开始发了" in await anna.says(Heard.press(send))
    assert await bureau.steps() == ["draft", "change", "freeze", "frozen", "start"]
    assert (await bureau.campaigns.get(1)).frozen == 1


@pytest.mark.parametrize(
    ("said", "query"),
    [
        (["按县", "清河县"], "县=清河县"),
        (["按县", "清河、南和"], "县=清河县,南和区"),
        (["按县", "清河县，南和区"], "县=清河县,南和区"),
        (["按工种", "电焊工"], "工种=电焊工"),
        (["按工种", "电焊工 叉车司机"], "工种=电焊工,叉车工"),
        (["按工种", "找个会电焊的"], "工种=电焊工"),
        (["自己写条件", "县：南和区 非 报过名"], "县=南和区 且 非 报过名"),
        (["4", "月薪>=4000"], "月薪>=4000"),
    ],
)
async def test_who_gets_it_is_chosen_or_written(
    bureau: Bureau, anna: Person, said: list[str], query: str
) -> None:
    await anna.says("发通知", "岗位", TEXT, *said)
    assert f"发给：{query}" in await anna.says("不设")
    assert (await bureau.draft()).audience == query


async def test_a_group_of_trades_is_all_its_trades(
    bureau: Bureau, anna: Person, reader: WorkReader
) -> None:
    await anna.says("发通知", "岗位", TEXT, "按工种")
    group, trades = next((it, of) for it, of in reader.groups().items() if len(of) > 1)
    await anna.presses(group, "不设")
    assert (await bureau.draft()).audience == f"工种={','.join(trades)}"


@pytest.mark.parametrize(
    ("said", "wrong", "told"),
    [
        (["随便"], "随便", "请从下面选一个"),
        (["岗位"], " ", "正文是空的"),
        (["岗位"], "{{ 身份证 }}您好", "“身份证”不是变量"),
        (["岗位"], "字" * 3501, "正文太长了，最多 3500 个字"),
        (["岗位", TEXT], "大家", "请从下面选一个"),
        (["岗位", TEXT, "按县"], "石家庄", "没看出是您负责的哪个县"),
        (["岗位", TEXT, "按工种"], "火星人", "没看出是什么工种"),
        (["岗位", TEXT, "自己写条件"], "县=", "第 3 个字这里缺内容"),
        (["岗位", TEXT, "自己写条件"], "星座=白羊", "第 1 个字“星座”不是条件"),
        (["岗位", TEXT, "全部"], "等我想想", "没看懂这个时间"),
        (["岗位", TEXT, "全部"], "今天8点", "这个时间已经过了"),
    ],
)
async def test_what_cannot_be_read_is_explained_and_asked_again(
    anna: Person, said: list[str], wrong: str, told: str
) -> None:
    await anna.says("发通知", *said[:-1] if said[0] == "随便" else said)
    asked = anna.spoken[-1]
    answer = await anna.says(wrong)
    assert told in answer
    assert anna.spoken[-1] == asked


async def test_a_step_back_asks_again(bureau: Bureau, anna: Person) -> None:
    await anna.says("发通知", "岗位", "写错了", "返回", TEXT, "按县", "返回")
    await anna.says("按县", "清河县", "返回", "威县", "不设")
    draft = await bureau.draft()
    assert (draft.words, draft.audience) == (TEXT, "县=威县")


async def test_a_picture_with_words_is_kept_and_tried(bureau: Bureau, anna: Person) -> None:
    await anna.says("发通知", "岗位")
    alone = await anna.says(Heard(kind=Kind.UNREADABLE, picture=PICTURE))
    assert "这张图片没有文字" in alone
    await anna.says(Heard(TEXT, picture=PICTURE), "全部")
    again = await anna.says(Heard(kind=Kind.UNREADABLE, picture=PICTURE))
    assert "我只能看懂文字" in again
    assert "正文上面有图片" in await anna.says("不设")
    assert (await bureau.draft()).picture == PICTURE
    await anna.presses("发给自己看看")
    [tried] = await bureau.tried()
    assert (tried.text, tried.picture) == (TEXT, PICTURE)


async def test_words_after_a_picture_take_its_place(bureau: Bureau, anna: Person) -> None:
    await anna.says("发通知", "岗位", Heard("旧的", picture=PICTURE), "返回", TEXT, "全部", "不设")
    assert ((await bureau.draft()).words, (await bureau.draft()).picture) == (TEXT, "")


async def test_nobody_is_shown_by_name_or_number(bureau: Bureau, anna: Person) -> None:
    await bureau.come("telegram:77001", name="王小明")
    preview = await anna.writes("{{ 称呼 }}您好，联系 13000000000。")
    assert "王**您好，联系 130****0000。" in preview
    assert "77001" not in preview
    assert "13000000000" not in preview


async def test_what_is_tried_looks_like_what_is_sent(bureau: Bureau, anna: Person) -> None:
    await anna.writes("{{ 称呼 or '您' }}好")
    await anna.presses("发给自己看看")
    assert [it.text for it in await bureau.tried()] == ["您好"]


async def test_nobody_to_send_to_leaves_nothing_to_start(anna: Person) -> None:
    assert "能发 0 人" in await anna.writes()
    assert anna.labels == ["发给自己看看", "存草稿", "取消这个通知", "我的通知"]


async def test_a_draft_is_kept_and_found_again(bureau: Bureau, anna: Person) -> None:
    await bureau.come("telegram:1")
    await anna.writes()
    assert "草稿存好了" in await anna.presses("存草稿")
    listed = await anna.presses("我的通知")
    assert "第 1 号：岗位 周六上午在人民公园有招聘会。，草稿" in listed
    assert anna.labels[:2] == ["查看1号", "取消1号"]
    assert "能发 1 人" in await anna.presses("查看1号")
    assert "已经取消" in await anna.presses("取消这个通知")
    assert await bureau.state() is State.CANCELLED
    assert anna.labels == ["我的通知"]


async def test_many_recipients_wait_for_a_second_person(bureau: Bureau, anna: Person) -> None:
    await bureau.come(*(f"telegram:{number}" for number in range(1, APPROVAL_ABOVE + 2)))
    assert "要由另一位工作人员批准" in await anna.writes()
    assert anna.labels == ["发给自己看看", "交人审批", "存草稿", "取消这个通知", "我的通知"]
    assert "等一位主管" in await anna.presses("交人审批")
    assert await bureau.state() is State.FROZEN
    refused = await anna.presses("现在发")
    assert "没有办成：收件人较多，要由另一位工作人员批准后才能开始。" in refused
    assert await bureau.state() is State.FROZEN
    await bureau.campaigns.approve(1, "bert", "k")
    assert "好，开始发了" in await anna.presses("现在发")


async def test_a_supervisor_reads_and_approves_it_in_the_chat(bureau: Bureau, anna: Person) -> None:
    await bureau.come(*(f"telegram:{number}" for number in range(1, APPROVAL_ABOVE + 2)))
    await anna.writes()
    await anna.presses("交人审批")
    await bureau.hire("telegram:2000")
    bert = Person(bureau, "telegram:2000")
    assert "（等您批准）" in await bert.says("/posts")
    assert bert.labels[0] == "查看1号"
    shown = await bert.presses("查看1号")
    assert "名单上 4 人，要发 4 人" in shown
    assert shown.count(TEXT) == 2  # the name and the words
    assert bert.labels == ["发给自己看看", "批准", "我的通知"]
    approve = bert.spoken[-1].buttons[1].send
    assert "已经批准" in await bert.presses("批准")
    assert "已经批准" in await bert.says(Heard.press(approve))
    assert "好，开始发了" in await anna.presses("现在发")
    assert await bureau.steps() == ["draft", "change", "freeze", "frozen", "approve", "start"]
    assert [act for _, act, _ in await bureau.acts()].count("campaign_approve") == 1


@pytest.mark.parametrize(
    ("role", "counties", "told"),
    [(Role.STAFF, (), "要由主管批准"), (Role.SUPERVISOR, ("清河县",), "不归您管")],
)
async def test_nobody_else_approves_it(
    bureau: Bureau, anna: Person, role: Role, counties: tuple[str, ...], told: str
) -> None:
    await bureau.come(*(f"telegram:{number}" for number in range(1, APPROVAL_ABOVE + 2)))
    await anna.writes()
    await anna.presses("交人审批")
    approve = Heard.press("/post.step?step=approve&number=1")
    assert "没有办成" in await anna.says(approve)
    await bureau.hire("telegram:2000", role, *counties)
    bert = Person(bureau, "telegram:2000")
    assert "等您批准" not in await bert.says("/posts")
    assert told in await bert.says(approve)
    assert (await bureau.campaigns.get(1)).approved_by is None


async def test_a_running_one_is_paused_resumed_and_cancelled(bureau: Bureau, anna: Person) -> None:
    await bureau.come("telegram:1")
    await anna.writes()
    await anna.presses("现在发")
    listed = await anna.says("/posts")
    assert "发送中，0 / 1 人" in listed
    assert anna.labels[:2] == ["暂停1号", "取消1号"]
    [pause] = [it.send for it in anna.spoken[-1].buttons if it.label == "暂停1号"]
    for _ in range(2):
        assert "已经暂停" in await anna.says(Heard.press(pause))
    await anna.says("/posts")
    assert "接着发了" in await anna.presses("继续1号")
    assert "确定要取消第 1 号吗" in await anna.presses("取消这个通知")
    assert "发送中" in await anna.presses("先不取消")
    await anna.presses("取消这个通知")
    assert "已经取消" in await anna.presses("确定取消")
    assert await bureau.state() is State.CANCELLED
    late = await anna.says(Heard.press(pause))
    assert "没有办成：第 1 号群发现在是“已取消”，不能这样做。" in late
    # The second tap on 暂停 is no step, and what was refused is no act.
    assert (await bureau.steps())[-4:] == ["start", "pause", "resume", "cancel"]
    acts = [act for _, act, _ in await bureau.acts()]
    assert acts == [f"campaign_{it}" for it in ("draft", "start", "pause", "resume", "cancel")]


async def test_the_last_five_are_listed(bureau: Bureau, anna: Person) -> None:
    assert "还没有发过通知" in await anna.says("/posts")
    for number in range(6):
        await bureau.campaigns.draft(Draft(f"别人{number}", "所有人", TEXT), "bert", f"b{number}")
    for _ in range(6):
        await anna.writes()
    listed = await anna.says("我的通知")
    written = [int(it.split()[1]) for it in listed.splitlines() if it]
    assert written == [it.number for it in await bureau.campaigns.latest(5)]


async def test_a_region_bounds_who_is_written_to_and_what_is_seen(bureau: Bureau) -> None:
    await bureau.hire(ANNA, Role.SUPERVISOR, "清河县")
    await bureau.come("telegram:1", county="清河县")
    await bureau.come("telegram:2", county="威县")
    anna = Person(bureau)
    preview = await anna.writes()
    assert "发给：县=清河县" in preview
    assert "能发 1 人" in preview
    await anna.says("发通知", "岗位", TEXT, "按县")
    assert anna.labels == ["清河县"]
    assert "没看出是您负责的哪个县" in await anna.says("威县")
    await anna.says("菜单", "发通知", "岗位", TEXT, "自己写条件", "县=威县")
    assert "能发 0 人" in await anna.says("不设")
    theirs = await bureau.campaigns.draft(Draft("全市", "所有人", TEXT), "bert", "b")
    refused = await anna.says(Heard(start=f"post.step?step=cancel&number={theirs.number}"))
    assert "没有这个通知" in refused
    assert await bureau.state(theirs.number) is State.DRAFT


async def test_who_sees_all_of_the_region_may_stop_anothers(bureau: Bureau, anna: Person) -> None:
    theirs = await bureau.campaigns.draft(Draft("全市", "所有人", TEXT), "bert", "b")
    await anna.says(Heard(start=f"post.step?step=cancel&number={theirs.number}"))
    assert await bureau.state(theirs.number) is State.CANCELLED


@pytest.mark.parametrize("address", ["step=fly&number=1", "step=send", "number=1", "number=-1"])
async def test_a_button_that_means_nothing_does_nothing(
    bureau: Bureau, anna: Person, address: str
) -> None:
    await anna.writes()
    assert "没有这个通知" in await anna.says(Heard(start=f"post.step?{address}"))
    assert await bureau.steps() == ["draft", "change"]


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_write(bureau: Bureau, role: Role) -> None:
    await bureau.hire(ANNA, role)
    await Person(bureau).writes()
    [post] = await bureau.campaigns.latest(2)
    assert post.state is State.DRAFT


@pytest.mark.parametrize("said", ["/post", "发通知", "/posts", "/unbind", "解除绑定"])
@pytest.mark.parametrize("urn", ["telegram:5", "web:5", "telegram:10001"])
async def test_to_a_stranger_the_words_mean_nothing_special(
    bureau: Bureau, urn: str, said: str
) -> None:
    await bureau.hire()
    stranger = Person(bureau, urn)
    assert f"听到{said}" in await stranger.says(said)
    assert await bureau.acts() == []


async def test_a_strangers_word_answers_the_question_that_is_asked(bureau: Bureau) -> None:
    stranger = Person(bureau, "telegram:5")
    await stranger.says(Heard(start="wish"))
    assert await stranger.says("发通知") == WORDS.say("menu.shown")


@pytest.mark.parametrize("address", ["post", "post.list", "post.step?step=send&number=1"])
async def test_a_button_that_a_stranger_forged_shows_the_menu(bureau: Bureau, address: str) -> None:
    await bureau.campaigns.draft(Draft("全市", "所有人", TEXT), "bert", "b")
    stranger = Person(bureau, "telegram:5")
    assert await stranger.says(Heard(start=address)) == WORDS.say("menu.shown")
    assert await bureau.steps() == ["draft"]


def test_what_the_staff_has_cannot_be_switched_off() -> None:
    table = dict.fromkeys(("menu", "policy", "policy.show", "post", "post.step", "bind"), _echo)
    assert conversations(table) == ["policy"]


async def test_who_is_disabled_in_mid_form_is_a_stranger_from_then_on(bureau: Bureau) -> None:
    number = await bureau.hire()
    anna = Person(bureau)
    await anna.says("发通知", "岗位")
    await bureau.disable(number)
    assert f"听到{TEXT}" in await anna.says(TEXT)
    assert anna.session.script is None
    assert "听到发通知" in await anna.says("发通知")
    await bureau.staff.change(
        number, name="安娜", role=Role.SUPERVISOR, scope=Scope(), is_active=True
    )
    assert "听到发通知" in await anna.says("发通知")  # bound no longer
    assert await bureau.campaigns.latest(9) == []


async def test_a_code_binds_the_account_that_sends_it(bureau: Bureau) -> None:
    number = await bureau.hire(None)
    member = await bureau.staff.get(number)
    assert member is not None
    code = await bureau.bindings.code_for(member)
    assert len(code) == LENGTH
    anna, eve = Person(bureau), Person(bureau, "telegram:666")
    assert "绑好了，安娜" in await anna.says(Heard(start=f"bind?code={code.upper()}"))
    assert "哪一类" in await anna.presses("发通知")
    for person in (anna, eve):  # once means once
        assert "不对、已经过期，或者用过了" in await person.says(Heard(start=f"bind?code={code}"))
    assert await bureau.staff.by_telegram("telegram:666") is None
    kept = [it async for it in bureau.line.redis.scan_iter("hotline:binding:*")]
    held = [await bureau.line.redis.get(it) for it in kept]
    assert not any(code.encode() in it for it in (*kept, *filter(None, held)))
    assert "已经解除绑定" in await anna.says("/unbind")
    assert "听到/post" in await anna.says("/post")
    acts = [(act, about) for _, act, about in await bureau.acts()]
    login = f"staff:{member.login}"
    assert acts == [("telegram_bound", login), ("telegram_refused", ""),
                    ("telegram_unbound", login)]  # fmt: skip


async def test_an_account_is_one_members_and_a_member_has_one(bureau: Bureau) -> None:
    first, second = await bureau.hire(ANNA), await bureau.hire("telegram:7")
    member = await bureau.staff.get(second)
    assert member is not None
    code = await bureau.bindings.code_for(member)
    await Person(bureau).says(Heard(start=f"bind?code={code}"))
    bound = {it.number: it.telegram for it in await bureau.staff.all()}
    assert bound == {first: None, second: ANNA}


async def test_a_code_that_is_old_replaced_or_nobodys_binds_nothing(bureau: Bureau) -> None:
    number = await bureau.hire(None)
    member = await bureau.staff.get(number)
    assert member is not None
    old = await bureau.bindings.code_for(member)
    new = await bureau.bindings.code_for(member)
    anna = Person(bureau)
    assert "不对" in await anna.says(Heard(start=f"bind?code={old}"))
    keys = [it async for it in bureau.line.redis.scan_iter("hotline:binding:*")]
    for key in keys:
        assert 0 < await bureau.line.redis.ttl(key) <= VALID
    await bureau.line.redis.delete(*keys)  # ten minutes later
    assert "不对" in await anna.says(Heard(start=f"bind?code={new}"))
    late = await bureau.bindings.code_for(member)
    await bureau.disable(number)
    assert "不对" in await anna.says(Heard(start=f"bind?code={late}"))
    assert await bureau.staff.by_telegram(ANNA) is None


async def test_whose_sign_in_is_reset_has_no_account_bound_any_more(bureau: Bureau) -> None:
    number = await bureau.hire()
    anna = Person(bureau)
    await anna.says("发通知")
    await bureau.staff.drop_second_factor(number)
    assert "听到岗位" in await anna.says("岗位")


async def test_only_an_account_that_its_network_vouches_for_is_bound(bureau: Bureau) -> None:
    member = await bureau.staff.get(await bureau.hire(None))
    assert member is not None
    code = await bureau.bindings.code_for(member)
    assert "不对" in await Person(bureau, "web:1").says(Heard(start=f"bind?code={code}"))
    assert "绑好了" in await Person(bureau).says(Heard(start=f"bind?code={code}"))


async def test_who_guesses_has_to_wait(bureau: Bureau) -> None:
    member = await bureau.staff.get(await bureau.hire(None))
    assert member is not None
    code = await bureau.bindings.code_for(member)
    for number in range(7):  # the sixth takes the attempt that is left, and so on more slowly
        await bureau.bindings._brake.may_try("telegram:666", "telegram:666")
        if number == 6:
            eve = Person(bureau, "telegram:666")
            assert "试得太频繁" in await eve.says(Heard(start=f"bind?code={code}"))
    assert "绑好了" in await Person(bureau).says(Heard(start=f"bind?code={code}"))


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("今天18点", "11-22 18:00"),
        ("明天", "11-23 23:59"),
        ("后天上午九点半", "11-24 09:30"),
        ("周六", "11-28 23:59"),
        ("周日下午3点", "11-22 15:00"),
        ("下周一 8:00", "11-23 08:00"),
        ("三天后", "11-25 23:59"),
        ("5天内", "11-27 23:59"),
        ("12月1日18点", "12-01 18:00"),
        ("2026年12月1日", "12-01 23:59"),
        ("12.1 晚上八点十五分", "12-01 20:15"),
        ("１８：３０", "11-22 18:30"),
        ("12月1日24点", "12-01 23:59"),
        ("2026-11-30T09:05:00+08:00", "11-30 09:05"),
    ],
)
def test_a_moment_is_read_as_people_say_it(said: str, moment: str) -> None:
    read = read_deadline(said, NOW)
    assert read.astimezone(ZONE).strftime("%m-%d %H:%M") == moment
    assert read_deadline(read.isoformat(), NOW) == read


@pytest.mark.parametrize("said", ["", "不知道", "25点", "12月32日", "等通知", "2029-01-01"])
def test_what_is_no_moment_is_refused(said: str) -> None:
    with pytest.raises(NotAMoment):
        read_deadline(said, NOW)


@pytest.mark.parametrize("said", ["今天8点", "11月1日", "2026-11-21", "上午10点"])
def test_what_is_over_is_told_apart(said: str) -> None:
    with pytest.raises(Past):
        read_deadline(said, NOW)
