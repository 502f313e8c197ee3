"""The composition root: the only part that knows every other and puts them together."""

from bot.app.process import Started, serve
from bot.app.scripts import scripts, switchboard

__all__ = ["Started", "scripts", "serve", "switchboard"]
