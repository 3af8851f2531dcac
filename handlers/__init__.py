"""Conversations: one module each. A handler turns an update into one transaction and a Screen."""
