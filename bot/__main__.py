"""`python -m bot` is `dukkan`."""

from bot.cli import main

main()
