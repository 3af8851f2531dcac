"""What the shop says, asked (a Screen after a tap) and unasked (an event to whom it concerns)."""
