"""The service around the conversations: channels, the durable path, knowledge and records."""
