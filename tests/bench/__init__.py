"""`make bench`: every speed is a ratio to a named alternative of the same run."""
