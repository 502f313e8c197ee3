"""The ways visitors reach the hotline."""
