"""`hotline`, and `python -m bot`, which is the same."""

import gc


def main() -> None:
    """Run the command that was typed."""
    gc.disable()  # nothing that is imported is ever given up: there is nothing to look for
    from bot.cli import app

    gc.enable()
    app()


if __name__ == "__main__":
    main()
