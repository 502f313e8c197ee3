"""The content folder is loaded whole, or the file that is wrong is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content import load_content, load_words
from bot.knowledge.finding import UnusableContent
from bot.settings import Settings
from bot.words import WordsError
from tests.service import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's content, to be broken."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(
        content_dir=folder,
        var_dir=tmp_path / "var",
        semantic=False,
        retention_days=77,
        desk_hours="9:00-17:00",
    )


async def test_words_commands_and_policies_are_there(settings: Settings) -> None:
    content = await load_content(settings)
    assert {content.commands[said] for said in ("返回", "取消", "菜单", "人工")} == {
        "back", "cancel", "menu", "person",
    }  # fmt: skip
    assert content.commands["/start"] == "menu"
    assert "skills-training" in content.library.titles()
    assert content.notice == content.words.group("greeting")["version"]


async def test_a_visitor_is_told_the_settings_of_this_hotline(settings: Settings) -> None:
    words = load_words(settings)
    greeting = words.say("greeting.first")
    assert "邢台164就业热线" in greeting
    assert "保存77天" in greeting


async def test_another_city_has_its_own_name(settings: Settings, folder: Path) -> None:
    (folder / "hotline.yaml").write_text("name: 衡水就业热线\n", encoding="utf-8")
    assert "衡水就业热线" in load_words(settings).say("greeting.first")


@pytest.mark.parametrize("name", ["hotline.yaml", "commands.yaml", "replies/menu.yaml"])
@pytest.mark.parametrize("text", ["a: b: c", "- 一", "", "\tname: 一", None])
async def test_a_file_that_cannot_be_read_is_named(
    settings: Settings, folder: Path, name: str, text: str | None
) -> None:
    path = folder / name
    if text is None:
        shutil.rmtree(path.parent) if path.parent.name == "replies" else path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(WordsError, match="replies" if text is None and "/" in name else name):
        await load_content(settings)


@pytest.mark.parametrize("text", ["title: 热线", "name:", "name: [一]"])
def test_a_hotline_without_a_name_is_told(settings: Settings, folder: Path, text: str) -> None:
    (folder / "hotline.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WordsError, match=r"hotline\.yaml"):
        load_words(settings)


@pytest.mark.parametrize("text", ["menu: 菜单", "menu:", "menu: 12", "menu: [{a: 菜单}]"])
async def test_commands_that_are_no_list_of_words_are_told(
    settings: Settings, folder: Path, text: str
) -> None:
    (folder / "commands.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WordsError, match=r"commands\.yaml"):
        await load_content(settings)


async def test_a_policy_that_cannot_be_served_is_named(settings: Settings, folder: Path) -> None:
    path = folder / "policies" / "skills-training.md"
    path.write_text("只有正文\n", encoding="utf-8")
    with pytest.raises(UnusableContent) as caught:
        await load_content(settings)
    [finding] = caught.value.findings
    assert finding.file == "policies/skills-training.md"
    assert "用两行" in load_words(settings).say(finding.words, **finding.facts)
