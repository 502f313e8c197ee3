"""The durable path of every message: inbox, turn, outbox, journal."""
