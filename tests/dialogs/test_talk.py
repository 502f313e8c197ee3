"""Scripts are replayed: what was answered answers itself, the first open question ends the turn."""

from __future__ import annotations

import pytest

from dialogs.questions import choice, pick, pick_or_words, words
from dialogs.talk import Heard, Kind, Option, Pause, Reply, Talk, Unclear, address


async def order(talk: Talk) -> Reply:
    talk.say(Reply("order.welcome"))
    what = await talk.ask("what", choice("茶", "水"))
    talk.say(Reply("order.noted", {"what": what}))
    much = await talk.ask("much", words(), what=what)
    return Reply("order.done", {"what": what, "much": much})


async def turn(answers: dict[str, str], heard: Heard | None) -> tuple[Talk, Reply | Pause]:
    talk = Talk("web:a", "1-0", "order", answers=answers, heard=heard)
    try:
        return talk, await order(talk)
    except Pause as pause:
        return talk, pause


async def test_a_script_asks_until_it_knows_everything() -> None:
    talk, first = await turn({}, None)
    assert isinstance(first, Pause)
    assert (first.prompt.words, [it.send for it in first.prompt.options]) == (
        "order.what",
        ["what=茶", "what=水"],
    )
    assert [it.words for it in talk.said] == ["order.welcome"]
    talk, second = await turn(talk.answers, Heard("2"))
    assert isinstance(second, Pause)
    assert second.prompt.facts == {"what": "水"}
    assert [it.words for it in talk.said] == ["order.noted"]  # the welcome was said before
    talk, third = await turn(talk.answers, Heard("三杯"))
    assert isinstance(third, Reply)
    assert third.facts == {"what": "水", "much": "三杯"}
    assert talk.said == []


async def test_what_a_question_cannot_read_is_asked_again_with_a_complaint() -> None:
    talk, pause = await turn({}, Heard("咖啡"))
    assert isinstance(pause, Pause)
    assert pause.complaint is not None
    assert pause.complaint.words == "questions.pick"
    assert talk.answers == {}


async def test_a_button_from_an_earlier_question_is_not_taken_as_an_answer() -> None:
    _, pause = await turn({"what": "茶"}, Heard.press("what=水"))
    assert isinstance(pause, Pause)
    assert pause.stale
    assert pause.prompt.words == "order.much"


async def test_an_answer_that_no_longer_makes_sense_is_asked_again() -> None:
    _, pause = await turn({"what": "汽水"}, None)
    assert isinstance(pause, Pause)
    assert pause.prompt.words == "order.what"


def test_a_reader_accepts_its_own_result() -> None:
    for question, said in ((pick({"a": "甲"}), "1"), (pick_or_words({"a": "甲"}), " 乙 ")):
        once = question.read(said)
        assert question.read(str(once)) == once


@pytest.mark.parametrize("said", ["", "  ", "\n"])
def test_no_words_are_no_answer(said: str) -> None:
    with pytest.raises(Unclear):
        words().read(said)


def test_a_press_comes_back_as_it_was_sent() -> None:
    answer = Heard.press(Option.answer("counties", "清河县").send)
    assert (answer.question, answer.text, answer.kind) == ("counties", "清河县", Kind.PRESS)
    start = Heard.press(Option.start("看", "jobs.list", county="清河县", page="2&3=4").send)
    assert start.start is not None
    assert Talk("web:a", "1", start.start).given("county") == "清河县"
    assert Talk("web:a", "1", start.start).given("page") == "2&3=4"
    assert address("menu") == "menu"


def test_a_button_that_sends_too_much_is_our_mistake_and_told_at_once() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Option.answer("village", "很" * 30)
