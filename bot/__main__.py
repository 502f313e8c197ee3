"""`python -m bot` is the `hotline` command."""

from bot.cli import app

if __name__ == "__main__":
    app()
