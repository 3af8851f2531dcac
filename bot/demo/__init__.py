"""Telegram in memory: for the demo page, the conversation tests and, over HTTP, any Bot API client."""
