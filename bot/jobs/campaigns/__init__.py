"""Campaigns: who is written down, when each is sent to, what stands in the way, what came of it."""
