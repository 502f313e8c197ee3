"""What is made of the content follows it, all at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content import Content, load_content, load_words, stamps
from bot.made import Group, Made
from bot.settings import Settings
from tests.kill.content import dozen_policies


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(content_dir=dozen_policies(tmp_path), var_dir=tmp_path / "var", semantic=False)


async def edited(settings: Settings, before: Content) -> Content:
    """The content with another welcome."""
    file = settings.content_dir / "replies" / "webchat.yaml"
    file.write_text(file.read_text("utf-8") + "\nnews: 新的\n", "utf-8")
    return await load_content(settings, before=before)


async def test_it_is_the_old_one_until_the_new_comes_into_force(settings: Settings) -> None:
    first = await load_content(settings)
    words = Group(Made(lambda content: content.words.group("webchat"), first))
    made = words._texts
    assert isinstance(made, Made)
    follow = made.next(await edited(settings, first))
    assert "news" not in words
    follow()
    assert words["news"] == "新的"
    assert set(words) == set(load_words(settings).group("webchat"))
    assert len(words) == len(load_words(settings).group("webchat"))


async def test_a_content_that_nothing_can_be_made_of_changes_nothing(settings: Settings) -> None:
    first = await load_content(settings)
    made = Made(lambda content: content.words.texts["menu.shown"], first)
    text = made()
    words = load_words(settings)
    words.texts.pop("menu.shown")
    with pytest.raises(KeyError):
        made.next(replace(first, words=words))
    assert made() == text


async def test_a_save_a_copy_and_a_removal_show_in_the_stamps(settings: Settings) -> None:
    folder = settings.content_dir
    first = (await load_content(settings)).stamps
    assert first == stamps(folder)
    assert {"hotline.yaml", "replies/menu.yaml"} <= set(first)
    (folder / ".hotline.yaml.swp").write_text("x")
    (folder / "note.tmp").write_text("x")
    assert stamps(folder) == first
    file = folder / "hotline.yaml"
    text = file.read_text("utf-8")
    file.write_text(text, "utf-8")  # the same again
    assert stamps(folder) != first
    file.unlink()
    assert "hotline.yaml" not in stamps(folder)
    assert stamps(folder / "nowhere") == {}


async def test_only_what_is_new_needs_a_vector(settings: Settings) -> None:
    class Counting:
        name = "counting"

        def __init__(self) -> None:
            self.texts: list[str] = []

        def embed(self, texts):  # type: ignore[no-untyped-def]
            import numpy as np

            self.texts += texts
            dice = np.random.default_rng(len(self.texts))
            return dice.normal(size=(len(texts), 8)).astype(np.float32)

    from bot.knowledge.meaning import KeptVectors

    first = await load_content(settings)
    embedder = Counting()
    first.library._vectors = KeptVectors(embedder, settings.var_dir)
    await first.library.warm()
    assert len(embedder.texts) > 100
    embedder.texts.clear()
    policy = next((settings.content_dir / "policies").glob("*.md"))
    text = policy.read_text("utf-8")
    policy.write_text(text.replace("questions:\n", "questions:\n  - 井盖丢了找谁\n", 1), "utf-8")
    second = await load_content(settings, before=first)
    assert embedder.texts == ["井盖丢了找谁"]
    assert second.library.is_semantic
