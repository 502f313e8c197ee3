"""Consent is asked once for each purpose and version, and a refusal refuses nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialogs.consent import AGREE, REFUSE, Purpose, consent, remember_consent
from dialogs.questions import words
from dialogs.talk import Heard, Pause, Reply, Talk
from tests.databases import database_in
from tests.wording import WORDS

from .office import Office

ME = "web:me"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with database_in(tmp_path) as database:
        yield Office(database)


async def script(talk: Talk, office: Office) -> Reply:
    agreed = await consent(talk, Purpose.REGISTER, office.consents)
    name = await talk.ask("name", words())
    await remember_consent(talk, Purpose.REGISTER, office.consents, agreed)
    return Reply("done", {"agreed": agreed, "name": name})


async def turn(office: Office, answers: dict[str, str], said: str | None) -> tuple[Talk, object]:
    heard = None if said is None else Heard(said)
    talk = Talk(ME, f"e{len(answers)}{said}", "wish", answers=answers, heard=heard)
    try:
        return talk, await script(talk, office)
    except Pause as pause:
        return talk, pause


async def test_the_notice_is_shown_with_two_buttons(office: Office) -> None:
    _, asked = await turn(office, {}, None)
    assert isinstance(asked, Pause)
    assert asked.prompt.words == "consent.register"
    assert [it.label for it in asked.prompt.options] == [AGREE, REFUSE]
    assert "热线" in office.words.render(asked.prompt)


@pytest.mark.parametrize(
    ("said", "agreed"),
    [("同意", True), ("我同意。", True), ("1", True), ("好的", True), ("不同意", False),
     ("2", False), ("不行", False), ("拒绝", False)],
)  # fmt: skip
async def test_it_is_answered_in_plain_words(office: Office, said: str, agreed: bool) -> None:
    talk, _ = await turn(office, {}, said)
    _, reply = await turn(office, talk.answers, "王")
    assert isinstance(reply, Reply)
    assert reply.facts == {"agreed": agreed, "name": "王"}
    assert await office.consents.given(ME, Purpose.REGISTER, "1") is agreed


async def test_what_is_neither_is_asked_again_with_the_notice(office: Office) -> None:
    _, asked = await turn(office, {}, "啥意思")
    assert isinstance(asked, Pause)
    assert asked.complaint is not None
    assert asked.prompt.words == "consent.register"


async def test_nothing_is_recorded_before_the_end(office: Office) -> None:
    await turn(office, {}, "同意")
    assert await office.consents.given(ME, Purpose.REGISTER, "1") is None


async def test_who_agreed_is_not_asked_again_until_the_notice_changes(office: Office) -> None:
    await office.consents.record(ME, Purpose.REGISTER, "1", True, "k")
    _, asked = await turn(office, {}, None)
    assert isinstance(asked, Pause)
    assert asked.prompt.words == "wish.name"
    office.versions[Purpose.REGISTER] = "2"
    _, asked = await turn(office, {}, None)
    assert isinstance(asked, Pause)
    assert asked.prompt.words == "consent.register"


async def test_an_answer_to_an_older_notice_is_none_to_this_one(office: Office) -> None:
    talk, _ = await turn(office, {}, "同意")
    office.versions[Purpose.REGISTER] = "2"
    _, asked = await turn(office, talk.answers, None)
    assert isinstance(asked, Pause)
    assert asked.prompt.words == "consent.register"


async def test_who_refused_is_asked_again_when_they_come_back(office: Office) -> None:
    await office.consents.record(ME, Purpose.REGISTER, "1", False, "k")
    _, asked = await turn(office, {}, None)
    assert isinstance(asked, Pause)
    assert asked.prompt.words == "consent.register"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_notice_says_what_the_law_asks_and_fits_a_phone(purpose: Purpose) -> None:
    notice = WORDS.say(f"consent.{purpose}")
    assert WORDS.say(f"consent.version_{purpose}")
    for part in (
        "做什么用",
        "不同意也没关系" if purpose != "sensitive" else "不说也没关系",
        "我的资料",
    ):
        assert part in notice
    assert "身份证" not in notice or "不要身份证号" in notice
    assert len(notice) < 330
