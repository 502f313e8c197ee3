"""Words are found, filled with facts, and missed loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.pipeline.messages import Button
from bot.words import Words, WordsError
from dialogs.talk import Option, Reply

COMMON = {"hotline_name": "邢台164就业热线"}


def words(**texts: str) -> Words:
    return Words({key.replace("__", "."): text for key, text in texts.items()}, COMMON)


def test_a_text_is_said_with_its_facts_and_those_of_the_hotline() -> None:
    said = words(a__b="{{ hotline_name }}记下了{{ number }}号").say("a.b", number=7)
    assert said == "邢台164就业热线记下了7号"


def test_a_text_without_facts_is_said_as_it_is_written() -> None:
    assert words(a__b="\n您好，100%放心 {月}\n").say("a.b") == "您好，100%放心 {月}"


def test_nothing_a_visitor_said_is_run_or_escaped() -> None:
    said = words(a__b="“{{ topic }}”").say("a.b", topic="{{ hotline_name }}<b>&</b>")
    assert said == "“{{ hotline_name }}<b>&</b>”"


def test_lines_of_a_loop_leave_no_gaps() -> None:
    text = "选一个：\n{% for one in all %}\n{{ loop.index }}. {{ one }}\n{% endfor %}\n"
    assert words(a__b=text).say("a.b", all=["电工", "焊工"]) == "选一个：\n1. 电工\n2. 焊工"


def test_a_missing_fact_is_an_error_that_names_the_text_and_the_fact() -> None:
    with pytest.raises(WordsError, match=r"a\.b: 'number' is undefined"):
        words(a__b="{{ number }}号").say("a.b")


def test_a_missing_text_is_an_error_that_names_it() -> None:
    with pytest.raises(WordsError, match=r"no words for a\.c"):
        words(a__b="好").say("a.c")


def test_a_text_that_cannot_be_read_is_told_at_the_start() -> None:
    with pytest.raises(WordsError, match=r"a\.b: "):
        words(a__b="{% for one in all %}")


def test_a_reply_is_rendered_with_the_words_on_its_buttons() -> None:
    reply = Reply(
        "a.b", {"number": 7}, (Option.start("buttons.menu", "menu"), Option.answer("县", "南和区"))
    )
    texts = words(a__b="{{ number }}号", buttons__menu="菜单")
    assert texts.render(reply) == "7号"
    assert texts.buttons(reply) == (Button("菜单", "/menu"), Button("南和区", "县=南和区"))


def test_files_are_read_each_key_under_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(
        "shown: 我能帮您\nlinked: 看 {{ title }}\n", encoding="utf-8"
    )
    (tmp_path / "notes.txt").write_text("不是这里的", encoding="utf-8")
    loaded = Words.load(tmp_path, COMMON)
    assert loaded.say("menu.shown") == "我能帮您"
    assert loaded.group("menu") == {"shown": "我能帮您", "linked": "看 {{ title }}"}
    assert loaded.group("men") == {}


@pytest.mark.parametrize(
    "text",
    [
        "shown: 我能: 帮您: 什么",  # not YAML
        "- 一\n- 二",  # no keys
        "shown:\n  more: 一",  # not flat
        "shown: 12",  # not text
        "",
    ],
)
def test_a_file_that_is_not_flat_words_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "good.yaml").write_text("a: 一\n", encoding="utf-8")
    (tmp_path / "menu.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WordsError, match=r"menu\.yaml: "):
        Words.load(tmp_path, {})


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_bytes("shown: 我能帮您".encode("gbk"))
    with pytest.raises(WordsError, match=r"menu\.yaml: "):
        Words.load(tmp_path, {})


def test_a_folder_without_words_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="nowhere"):
        Words.load(tmp_path / "nowhere", {})
