"""Log lines: one a fact, on stderr; never with the token in them."""

import logging
import re

from bot.settings import Settings

# Wherever a token comes from (an URL in a library's message, too), it looks like this.
_TOKEN = re.compile(r"(?<!\d)\d{6,}:[A-Za-z0-9_-]{20,}")
_CHATTY = ("aiogram.event", "apscheduler", "httpx", "uvicorn.access")


class WithoutSecrets(logging.Formatter):
    """Applied to the finished line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("<token>", super().format(record))


def configure_logging(settings: Settings) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutSecrets("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
