"""The words of the project's content, loaded once in a run."""

from __future__ import annotations

from bot.content import load_words
from bot.settings import Settings

WORDS = load_words(Settings.model_construct())
