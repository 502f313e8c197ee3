"""How much is read at once."""

MOST = 1000  # rows


def rows_at_once(limit: int) -> int:
    """The limit that was asked for, within what we give."""
    return max(0, min(limit, MOST))
