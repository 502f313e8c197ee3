"""Imports run one way, words live in content, and every setting is explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent

# Who may import whom: a part may use itself and the parts named.
MAY_USE = {
    "dialogs": {"dialogs"},
    "bot.pipeline": {
        "bot.pipeline",
        "bot.channels.delivery",
        "bot.metrics",
        "bot.words",
        "dialogs",
    },
    "bot.channels": {"bot.channels", "bot.network", "bot.pipeline", "dialogs"},
    "bot.knowledge": {"bot.knowledge", "dialogs"},
    "bot.records": {"bot.masking", "bot.records", "bot.pipeline.messages", "dialogs"},
    "bot.jobs": {
        "bot.jobs",
        "bot.knowledge.normalise",
        "bot.knowledge.sound",
        "bot.channels.delivery",
        "bot.masking",
        "bot.pipeline",
        "bot.records",
        "bot.sheets",
        "bot.words",
        "dialogs",
    },
    "bot.site": {
        "bot.jobs",
        "bot.masking",
        "bot.records",
        "bot.sheets",
        "bot.site",
        "bot.words",
        "dialogs",
    },
    "bot.console": {
        "bot.console",
        "bot.hours",
        "bot.jobs",
        "bot.knowledge",
        "bot.masking",
        "bot.network",
        "bot.pipeline",
        "bot.records",
        "bot.sheets",
        "bot.words",
        "dialogs",
    },
    "bot.api": {
        "bot.api",
        "bot.console.brake",
        "bot.console.directory",
        "bot.console.guard",
        "bot.console.visit",
        "bot.jobs",
        "bot.network",
        "bot.pipeline",
        "bot.records",
        "bot.words",
        "dialogs",
    },
    "bot.clock": set(),
    "bot.folders": set(),
    "bot.hours": set(),
    "bot.network": set(),
    "bot.sheets": {"bot.sheets"},
    "bot.masking": set(),
    "bot.words": {"bot.pipeline.messages", "dialogs"},
    "bot.connection": {"bot.embedded", "bot.pipeline", "bot.settings", "bot.tasks"},
    "bot.crew": {"bot.embedded"},
    "bot.tasks": {"bot.pipeline"},
    "bot.content": {"bot.jobs", "bot.knowledge", "bot.settings", "bot.words"},
    "bot.health": {"bot.metrics", "bot.pipeline"},
    "bot.made": {"bot.content"},
    "bot.reload": {
        "bot.content",
        "bot.knowledge",
        "bot.made",
        "bot.metrics",
        "bot.refusals",
        "bot.settings",
        "bot.words",
    },
    "bot.terminal": {"bot.pipeline", "bot.words", "dialogs"},
    "bot.refusals": {
        "bot.embedded",
        "bot.jobs.directory",
        "bot.knowledge.finding",
        "bot.pipeline.line",
        "bot.records.engines",
        "bot.settings",
        "bot.words",
    },
    "bot.settings": set(),
    "bot.logs": set(),
    "bot.metrics": set(),
    "bot.embedded": set(),
}
ANYBODY = {"bot.clock", "bot.folders"}  # every part of bot may use these
KNOW_EVERYTHING = {"bot.cli", "bot.__main__", "bot"}
SENTENCE = re.compile(r"[一-鿿]{6,}")
NO_WORDS = re.compile(
    r"\[[^\]]*\]|[零一二两三四五六七八九十百千万亿几]"
)  # classes of letters, numerals


def modules() -> Iterator[tuple[str, Path]]:
    for top in ("bot", "dialogs"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: str(value))
def test_a_module_imports_only_what_its_part_may(name: str, path: Path) -> None:
    if name in KNOW_EVERYTHING or within(name, "bot.app") or within(name, "bot.commands"):
        return
    [part] = [part for part in MAY_USE if within(name, part)]
    for used in imported(path):
        if within(used, "bot") or within(used, "dialogs"):
            shared = ANYBODY if within(name, "bot") else set()
            allowed = any(within(used, it) for it in MAY_USE[part] | shared)
            assert allowed, f"{name} may not import {used}"


def test_nobody_imports_the_composition_root_but_the_command() -> None:
    for name, path in modules():
        if any(within(used, "bot.app") for used in imported(path)):
            assert within(name, "bot.app") or within(name, "bot.commands")


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: str(value))
def test_what_people_read_is_in_content_not_in_code(name: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            assert not SENTENCE.search(NO_WORDS.sub("", node.value)), (
                f"{path}:{node.lineno}: {node.value}"
            )


def test_every_setting_is_explained_to_operators() -> None:
    page = (ROOT / "deploy/README.md").read_text(encoding="utf-8")
    words = yaml.safe_load((ROOT / "content/replies/settings.yaml").read_text(encoding="utf-8"))
    for name in Settings.model_fields:
        assert f"`{name.upper()}`" in page
        assert words[name]


def test_nothing_stands_at_the_top_that_was_not_agreed() -> None:
    agreed = {
        "pyproject.toml", "bot", "dialogs", "content", "tests", "deploy", "README.md",
        "README.zh-CN.md", "Makefile", "LICENSE", "CHANGELOG.md", ".ci", ".gitignore", ".git",
    }  # fmt: skip
    made = {".venv", "var", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    assert {path.name for path in ROOT.iterdir()} - made <= agreed
