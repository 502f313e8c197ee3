"""`hotline wish`, as whoever judges the reading uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.whole.commands import Command


@pytest.fixture
def run(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_lines_come_back_with_what_they_say_and_no_more(run: Command) -> None:
    texts = ["我想在南和找个电焊工的活，一个月五千以上", "有没有轻省点的活", "哪都能去，管住"]
    ended = run("wish", "--jsonl", given="".join(f"{json.dumps({'text': it})}\n" for it in texts))
    assert ended.code == 0, ended.err
    assert [json.loads(line) for line in ended.out.splitlines()] == [
        {
            "text": texts[0],
            "counties": ["南和区"],
            "occupations": ["电焊工"],
            "pay_min": 5000,
            "pay_unit": "月",
        },
        {"text": texts[1]},
        {"text": texts[2], "housing": True, "away": True},
    ]


def test_one_sentence_as_an_argument(run: Command) -> None:
    ended = run("wish", "临西 缝纫 计件")
    assert json.loads(ended.out) == {
        "text": "临西 缝纫 计件",
        "counties": ["临西县"],
        "occupations": ["缝纫工"],
        "pay_unit": "件",
    }


@pytest.mark.parametrize("line", ["{", '{"q": "a"}', "[1]", '"text"'])
def test_a_line_that_is_none_is_named(run: Command, line: str) -> None:
    ended = run("wish", "--jsonl", given=f'{{"text": "电焊"}}\n{line}\n')
    assert ended.code == 1
    assert "第 2 行" in ended.err
    assert "Traceback" not in ended.err


def test_a_directory_that_cannot_be_read_is_told(run: Command, tmp_path: Path) -> None:
    ended = run("wish", "电焊", CONTENT_DIR=str(tmp_path))
    assert ended.code == 1
    assert "Traceback" not in ended.err
