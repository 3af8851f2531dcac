"""How the shop looks in Telegram: pure functions from its objects to screens."""
