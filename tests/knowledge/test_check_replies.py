"""Replies that cannot be said, commands said for two things, and files that cannot be read."""

from __future__ import annotations

import pytest

from bot.knowledge.check import check, faults
from bot.knowledge.given import given
from bot.refusals import found_in_content
from bot.words import Words
from tests.knowledge.conftest import CONTENT, TODAY


def found(content):
    return {finding.words: finding for finding in check(content, TODAY)}


def write(content, name, old, new):
    file = content / name
    text = file.read_text("utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file.read_text("utf-8").splitlines()


PLANTED = [
    (
        "replies/menu.yaml",
        "linked: |-\n",
        "linked: |-\n  {{ titel }}\n",
        "check.reply_fact",
        "titel",
    ),
    ("replies/policy.yaml", "{{ answer.lead }}", "{{ answer.laed }}", "check.reply_fact", "laed"),
    ("replies/menu.yaml", "{{ title }}", "{{ title ", "check.reply_unreadable", ""),
    ("replies/feedback.yaml", "thanks:", "thank:", "check.reply_missing", ""),
    ("replies/webchat.yaml", "welcome:", "hello:", "check.reply_missing", ""),
    ("replies/policy.yaml", "note_further:", "note_farther:", "check.reply_missing", ""),
    ("replies/feedback.yaml", "why:", "noted: 两遍\nwhy:", "check.key_twice", "noted"),
    ("replies/feedback.yaml", "thanks:", "thanks: 12\nother:", "check.not_a_text", "thanks: 12"),
    (
        "replies/menu.yaml",
        "linked: |-\n",
        "linked: |-\n  policy:nowhere\n",
        "check.dead_link",
        "now",
    ),
    ("replies/menu.yaml", "linked:", "linked: [", "check.not_yaml", ""),
    ("commands.yaml", "[取消,", "[取消, 返回。,", "check.command_twice", "cancel:"),
    ("commands.yaml", "cancel:", "cancle:", "check.command_missing", ""),
    ("commands.yaml", "cancel:", "cancle:", "check.command_unknown", "cancle:"),
    ("commands.yaml", "back: [", "back: 返回 # [", "check.not_forms", "back:"),
    ("policies/startup-subsidy.md", "- 五千块", "- 返回", "check.command_hits", "- 返回"),
    ("policies/startup-subsidy.md", "title:", "title: 甲\ntitle:", "check.key_twice", "title: 一"),
    ("policies/startup-subsidy.md", "title:", "title: [", "check.not_yaml", ""),
]


@pytest.mark.parametrize(("file", "old", "new", "expected", "place"), PLANTED)
def test_what_cannot_be_said_or_read_is_found_with_its_line(
    linked, file, old, new, expected, place
):
    assert expected not in found(linked)
    lines = write(linked, file, old, new)
    finding = found(linked)[expected]
    assert finding.file == file
    assert finding.is_error
    assert place in lines[finding.line - 1]
    told = found_in_content(finding, Words.load(CONTENT / "replies", {}))
    assert told.startswith(f"{file}:{finding.line}: ")


@pytest.mark.parametrize("name", ["replies/menu.yaml", "glossary.yaml", "policies/rent-subsidy.md"])
def test_a_file_in_another_encoding_is_named(linked, name):
    file = linked / name
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    finding = found(linked)["check.not_utf8"]
    assert finding.file == name


def test_content_that_is_sound_has_no_faults(linked):
    assert faults(linked, today=TODAY) == []


def test_faults_are_the_errors_of_the_check(linked):
    for file, old, new, expected, _ in PLANTED[:6]:
        write(linked, file, old, new)
        assert expected in {finding.words for finding in faults(linked, {file}, TODAY)}
    errors = [finding for finding in check(linked, TODAY) if finding.is_error]
    assert faults(linked, today=TODAY) == errors


def test_the_program_is_known_by_what_it_says_and_gives():
    known = given()
    assert {"menu.linked", "policy.note_further", "webchat.welcome", "check.alike"} <= known.keys
    assert not {"policy.show", "webchat.failed", "glossary.yaml"} & known.keys
    assert {"title", "answers", "number"} <= known.facts
    assert {"lead", "published"} <= known.traits
