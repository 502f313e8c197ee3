"""The conversations of the hotline, each a script that reads like the call."""
