"""A content that follows another takes over what has not changed, and tells the same."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from bot.content import Content, load_content
from bot.knowledge.kept import Kept
from bot.knowledge.learned import Examples, Wording
from bot.knowledge.library import ContentLibrary
from bot.knowledge.meaning import Meaning
from bot.settings import Settings
from tests.knowledge.conftest import CONTENT

NOTHING = Kept(None)
SIGNS = "创业开店补贴房租门面年多少钱给几"


def examples(*changed: str) -> Examples:
    """A hundred sentences about two subjects; those `changed` are other ones."""
    texts = [f"创业补贴给多少钱{at}" for at in range(50)] + [
        f"房租补贴几年{at}" for at in range(50)
    ]
    texts[: len(changed)] = changed
    return Examples(texts, [0] * 50 + [1] * 50, ["startup", "rent"])


def vectors(known: Examples) -> np.ndarray:
    return np.array([[text.count(it) + 0.1 for it in SIGNS] for text in known.texts], np.float32)


def test_what_follows_has_learned_nearly_what_it_would_learn_anew():
    before, after = examples(), examples("开店给多少")
    wording = Wording(before, NOTHING).following(after, NOTHING)
    for text in ("开店给钱不", "房租几年", "创业多少钱"):
        assert wording.scores(text) == pytest.approx(Wording(after, NOTHING).scores(text), abs=0.05)
    meaning = Meaning(before, vectors(before), NOTHING).following(after, vectors(after), NOTHING)
    anew = Meaning(after, vectors(after), NOTHING)
    for row in vectors(after)[::20]:
        assert meaning.scores(row)[0] == pytest.approx(anew.scores(row)[0], abs=0.05)


def test_what_is_taken_back_is_forgotten():
    first = Wording(examples(), NOTHING)
    there_and_back = first.following(examples("门面钱"), NOTHING).following(examples(), NOTHING)
    assert there_and_back.scores("门面") == pytest.approx(first.scores("门面"), abs=0.02)
    assert first.following(examples("门面钱"), NOTHING).scores("钱")[0] != first.scores("钱")[0]


def test_many_changes_are_learned_anew():
    after = examples(*(f"开个小店{at}" for at in range(10)))
    followed = Wording(examples(), NOTHING).following(after, NOTHING)
    assert (followed.scores("开店") == Wording(after, NOTHING).scores("开店")).all()


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("following") / "content"))


def settings(content: Path) -> Settings:
    return Settings(content_dir=content, var_dir=content.parent, semantic=False)


def loaded(content: Path, before: Content | None = None) -> Content:
    return asyncio.run(load_content(settings(content), wait=False, before=before))


@pytest.fixture(scope="module")
def first(edited: Path) -> Content:
    return loaded(edited)


def test_an_edited_policy_costs_little_and_is_told(edited, first):
    file = edited / "policies" / "startup-subsidy.md"
    file.write_text(file.read_text("utf-8").replace("5000元", "5100元"), "utf-8")
    spent = []
    for _ in range(3):  # the least is what it costs; the rest is what else this machine does
        began = time.process_time()
        second = loaded(edited, first)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.5
    found = asyncio.run(second.library.find("一次性创业补贴给多少钱"))
    assert "5100元" in found.answers[0].lead
    assert "5000元" in asyncio.run(first.library.find("一次性创业补贴给多少钱")).answers[0].lead
    assert second.directory is first.directory
    assert second.words is first.words


def test_it_tells_what_a_content_read_anew_tells(edited, first):
    following, anew = loaded(edited, first).library, loaded(edited).library
    questions = [it for policy in first.library.texts.policies for it in policy.questions[::16]]

    async def outcomes(library: ContentLibrary) -> list[object]:
        found = [await library.find(question) for question in questions]
        return [(type(it), it.evidence.get("versions")) for it in found]

    told, expected = asyncio.run(outcomes(following)), asyncio.run(outcomes(anew))
    assert len(questions) > 100
    assert sum(one != other for one, other in zip(told, expected, strict=True)) <= 1


def test_replies_alone_leave_the_library_as_it_is(edited, first):
    menu = edited / "replies" / "menu.yaml"
    menu.write_text(menu.read_text("utf-8").replace("我能帮您", "我可以帮您"), "utf-8")
    before = loaded(edited, first)
    menu.write_text(menu.read_text("utf-8").replace("我可以帮您", "我会帮您"), "utf-8")
    after = loaded(edited, before)
    assert after.library is before.library
    assert after.words is not before.words
    assert any("我会帮您" in text for text in after.words.texts.values())


def test_another_glossary_makes_another_library(edited, first):
    glossary = edited / "glossary.yaml"
    text = glossary.read_text("utf-8").replace(
        "  事业金: 失业金", "  事业金: 失业金\n  四页金: 失业金"
    )
    glossary.write_text(text, "utf-8")
    after = loaded(edited, first)
    assert after.library is not first.library
    said = asyncio.run(after.library.find("四页金谁能领")).evidence["said"]
    assert said == "失业金谁能领"
