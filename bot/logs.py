"""Log lines: one a fact, on stderr, as text or as JSON; never with a secret or somebody's address in them.

Whatever says something is heard: Python's warnings, exceptions that nobody caught, in whichever thread, and a line whose
parameters do not fit it.
"""

import json
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType

from bot.redaction import Redactor
from bot.settings import Settings
from bot.settings_secrets import secrets_of

_CHATTY = ("aiogram.event", "httpx", "stripe", "uvicorn.access")
# What a line may be about: numbers, never names.
_ABOUT = ("update_id", "person_id", "chat_id", "delivery_id", "order_id", "reference")

_about: ContextVar[Mapping[str, int | str]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**ids: int | str | None) -> Iterator[None]:
    """Every line that is logged inside says what it is about; nested, both."""
    token = _about.set({**_about.get(), **{name: value for name, value in ids.items() if value is not None}})
    try:
        yield
    finally:
        _about.reset(token)


def _note_what_it_is_about(record: logging.LogRecord) -> bool:
    for name, value in _about.get().items():
        if not hasattr(record, name):
            setattr(record, name, value)
    return True


class TextLines(logging.Formatter):
    """`2026-11-25 18:00:01,123 WARNING bot.intake: …`; the redactor gets the finished line, tracebacks included."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(_tellable(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        line = super().formatMessage(record)
        ids = " ".join(f"{name}={value}" for name, value in _ids(record).items())
        return f"{line} [{ids}]" if ids else line


class JsonLines(logging.Formatter):
    """One object a line: ts, level, logger, msg, what it is about, exc."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        record = _tellable(record)
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "msg": self._redactor.clean(record.getMessage()),
            **_ids(record),
        }
        if trace := self._trace(record):
            line["exc"] = self._redactor.clean(trace)
        return json.dumps(line, ensure_ascii=False)

    def _trace(self, record: logging.LogRecord) -> str:
        parts = [
            self.formatException(record.exc_info) if record.exc_info else record.exc_text,
            self.formatStack(record.stack_info) if record.stack_info else None,
        ]
        return "\n".join(part for part in parts if part)


def _ids(record: logging.LogRecord) -> dict[str, int | str]:
    """Only what may be said: an `extra` of any other name stays unsaid, and a value that is no number is a reference."""
    found = {name: getattr(record, name, None) for name in _ABOUT}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, int) or (name == "reference" and isinstance(value, str))
    }


def _tellable(record: logging.LogRecord) -> logging.LogRecord:
    """A record with its message made: one line, whatever the parameters were."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError, IndexError):
        message = f"{record.msg} {record.args!r}"
    made = logging.makeLogRecord(record.__dict__)
    # Somebody's name must not be able to forge a line.
    made.msg, made.args = message.replace("\r", "\\r").replace("\n", "\\n"), None
    made.exc_text = None
    return made


class _Lines(logging.StreamHandler):  # type: ignore[type-arg]  # generic for type checkers alone, not when it runs
    def __init__(self, redactor: Redactor, formatter: logging.Formatter) -> None:
        super().__init__()
        self._redactor = redactor
        self.setFormatter(formatter)
        self.addFilter(_note_what_it_is_about)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """logging's own would print the arguments as they are."""
        error = sys.exc_info()[1]
        if not isinstance(error, BrokenPipeError):
            where = f"{record.pathname}:{record.lineno}"
            sys.stderr.write(self._redactor.clean(f"a log line of {where} was not written: {type(error).__name__}\n"))


def configure_logging(settings: Settings) -> None:
    """From now on everything that is said in this process goes through the redactor."""
    redactor = Redactor(secrets_of(settings))
    formatter = JsonLines(redactor) if settings.log_format == "json" else TextLines(redactor)
    logging.basicConfig(level=settings.log_level, handlers=[_Lines(redactor, formatter)], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_a_thread
    sys.unraisablehook = _unraisable
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("dukkan").critical("the program broke", exc_info=(kind, error, trace))


def _uncaught_in_a_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        name = args.thread.name if args.thread else "?"
        exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("dukkan").error("thread %s broke", name, exc_info=exc_info)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("dukkan").error("%s", args.err_msg or "an exception nobody could catch", exc_info=exc_info)
