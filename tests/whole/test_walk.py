"""Somebody presses every kind of button there is: each conversation is walked to its ends, and none
of them is a blind alley."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.app.rehearsal import rehearsal
from bot.commands.demo import example_openings
from bot.content import load_content
from bot.knowledge.given import given
from bot.pipeline.messages import Button
from bot.pipeline.sessions import Session
from bot.pipeline.switchboard import Spoken, Switchboard
from bot.settings import Settings
from dialogs.talk import Heard

TURNS = 500
ONE_STAYS = 50  # turns; then another visitor comes, of whom nothing is known
REGISTERING = (
    "登记找活", "想在清河找个包装的活，全职，一个月三千，管住", "同意", "对", "1", "同意", "王示例",
    "13000000000", "我的资料",
)  # fmt: skip
FEW = 12  # buttons of a question that are walked one by one; of more, any three
WORDS = (
    "王示例", "13000000000", "46岁", "想在清河找个包装的活，管住", "30", "有", "社保补贴怎么领",
    "想找个离家近的活", "清河", "晚上",
)  # fmt: skip
FORGED = "n=999&o=x&p=-1&c=火星县&t=x&a=x&k=zz&y=abc&w=x&id=x&to=x&part=x&purpose=x&still=x&pace=x"
SECONDS = 1_800_000_000.0
WALKED = {
    "menu", "policy", "policy.show", "benefits", "handoff", "feedback", "feedback.why", "wish",
    "wish.change", "jobs", "jobs.list", "jobs.show", "offers.more",
    "offers.interested", "offers.unsuitable", "offers.why", "offers.pace", "offers.stop",
    "applications", "applications.withdraw", "card", "card.category", "mydata", "mydata.export",
    "mydata.erase", "mydata.revoke",
}  # fmt: skip


class Walker:
    """One visitor after the other, each drawn to what was pressed least."""

    def __init__(self, board: Switchboard) -> None:
        self.ended: Counter[str] = Counter()  # scripts
        self.mute: set[str] = set()  # those that ended without a button to go on
        self.unpressed: dict[str, Button] = {}  # buttons that start a script, by kind
        self._pressed: Counter[str] = Counter()  # kinds
        self._board = board
        self._dice = random.Random(164)
        self._turns = 0
        self._session = Session()
        self._spoken: list[Spoken] = []

    async def walk(self, turns: int) -> None:
        for turn in range(turns):
            visitor, at = divmod(turn, ONE_STAYS)
            if at == 0:
                self._session, self._spoken = Session(), []
            is_told = visitor % 2 == 0 and at < len(REGISTERING)
            await self.hear(Heard(REGISTERING[at]) if is_told else self._next())
        while self.unpressed:
            await self.hear(self._press(list(self.unpressed.values())))

    async def hear(self, heard: Heard) -> None:
        self._turns += 1
        visitor, at = f"web:{self._turns // ONE_STAYS}", SECONDS + self._turns
        turn = await self._board.take(self._session, heard, visitor, f"{self._turns}-0", at)
        self._session = Session.unpack(turn.session.pack())
        self._spoken = turn.spoken
        assert self._spoken, heard
        assert all(it.text.strip() for it in self._spoken), heard
        for button in self._offered:
            if button.send.startswith("/") and not self._pressed[self._kind(button)]:
                self.unpressed[self._kind(button)] = button
        if self._session.script is None:
            self.ended[self._spoken[-1].script] += 1
            if not self._offered:
                self.mute.add(self._spoken[-1].script)

    @property
    def _offered(self) -> tuple[Button, ...]:
        return self._spoken[-1].buttons if self._spoken else ()

    def _next(self) -> Heard:
        """What was pressed least, now and then words."""
        if self._session.script is not None:
            answers = [it for it in self._offered if not it.send.startswith("/")]
            says = not answers or self._dice.random() < 0.1
            return Heard(self._dice.choice(WORDS)) if says else self._press(answers)
        if self.unpressed and self._dice.random() < 0.5:
            return self._press(list(self.unpressed.values()))
        return self._press(self._offered) if self._offered else Heard("菜单")

    def _press(self, buttons: tuple[Button, ...] | list[Button]) -> Heard:
        least = min(self._pressed[self._kind(it)] for it in buttons)
        fresh = [it for it in buttons if self._pressed[self._kind(it)] == least]
        chosen = self._dice.choice(fresh)
        self._pressed[self._kind(chosen)] += 1
        self.unpressed.pop(self._kind(chosen), None)
        return Heard.press(chosen.send)

    def _kind(self, button: Button) -> str:
        """Buttons that do the same to different things are of one kind."""
        name, _, value = button.send.partition("?" if button.send.startswith("/") else "=")
        if name.startswith("/"):
            return f"{name}?{re.sub(r'=[^&]*', '', value)}"
        is_one = len(self._offered) <= FEW or len(self._pressed) % 4 == 0
        return f"{self._session.script} {name}={value if is_one else '...'}"


@pytest.fixture
async def walker() -> AsyncIterator[Walker]:
    settings = Settings(semantic=False)
    content = await load_content(settings)
    async with rehearsal(content, partial(example_openings, settings, content.words)) as board:
        yield Walker(board)


async def test_every_conversation_is_walked_to_its_ends_and_no_button_leads_nowhere(
    walker: Walker,
) -> None:
    await walker.walk(TURNS)
    assert WALKED - set(walker.ended) == set()
    assert walker.mute <= {"feedback"}  # it thanks, and says to go on asking
    for name in sorted(given().scripts):
        await walker.hear(Heard.press(f"/{name}?{FORGED}"))
