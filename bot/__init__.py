"""Dukkan in Telegram: the running program and how the shop looks there."""
