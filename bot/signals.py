"""SIGTERM and SIGINT: the first asks the program to finish, the second ends it at once."""

import asyncio
import logging
import os
import signal

log = logging.getLogger("dukkan")


def heard() -> asyncio.Event:
    """Set by the first signal. By the second the program is gone: what it had in hand is found by its next start, as after a kill."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, _hear, name, stopping)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda number, _frame: loop.call_soon_threadsafe(_hear, number, stopping))
    return stopping


def _hear(number: int, stopping: asyncio.Event) -> None:
    if stopping.is_set():
        log.warning("ended at once by a second signal")
        logging.shutdown()
        os._exit(128 + number)
    stopping.set()
