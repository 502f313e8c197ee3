"""The composition root: the only part that knows every other and puts them together."""

from bot.app.process import Started, serve
from bot.app.rehearsal import rehearsal

__all__ = ["Started", "rehearsal", "serve"]
