"""The API for a bureau's own systems: campaigns and openings, by keys that act for staff."""
