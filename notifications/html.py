"""Telegram HTML as Telegram counts it: the visible text, in UTF-16 units; cut only at a word's border and never through a tag."""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

TEXT_MAX = 4096
CAPTION_MAX = 1024


def visible_length(html: str) -> int:
    """The server counts code points, entities count UTF-16 units: the larger of the two is safe for both."""
    return sum(units(text) for kind, text in _tokens(html) if kind == "text")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def split(html: str, limit: int = TEXT_MAX) -> list[str]:
    """*html* in parts of at most *limit* visible units, each with its own tags opened and closed. A text that fits comes back as it is."""
    # Tags only shorten what is seen, and no letter has more than two units.
    if 2 * len(html) <= limit or visible_length(html) <= limit:
        return [html]
    parts = _Parts(limit)
    for kind, token in _tokens(html):
        parts.add(kind, token)
    return parts.finished()


def _tokens(html: str) -> list[tuple[str, str]]:
    parser = _Tokens()
    parser.feed(html)
    parser.close()
    return parser.found


class _Tokens(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(("open", self.get_starttag_text() or f"<{tag}>"))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("close", f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        self.found.append(("text", data))


@dataclass
class _Parts:
    limit: int
    done: list[str] = field(default_factory=list)
    current: str = ""
    length: int = 0
    opened: list[str] = field(default_factory=list)

    def add(self, kind: str, token: str) -> None:
        if kind == "text":
            self._add_text(token)
        elif kind == "open":
            self.opened.append(token)
            self.current += token
        elif self.opened:
            self.opened.pop()
            self.current += token

    def finished(self) -> list[str]:
        if self.length:
            self._end_part()
        return self.done

    def _add_text(self, text: str) -> None:
        while units(text) > self.limit - self.length:
            head, text = _cut(text, self.limit - self.length, is_forced=self.length == 0)
            self._put(head)
            self._end_part()
        self._put(text)

    def _put(self, text: str) -> None:
        self.current += escape(text, quote=False)
        self.length += units(text)

    def _end_part(self) -> None:
        closing = "".join(f"</{tag[1:-1].split()[0]}>" for tag in reversed(self.opened))
        self.done.append(self.current.rstrip() + closing)
        self.current, self.length = "".join(self.opened), 0


def _cut(text: str, room: int, *, is_forced: bool) -> tuple[str, str]:
    """*text* in two: what fits into *room* units, up to a blank, and the rest. A word that fills a whole part is cut where it must be."""
    fitting = text
    while units(fitting) > room:
        fitting = fitting[: len(fitting) - max(1, (units(fitting) - room) // 2)]
    border = max(fitting.rfind(" "), fitting.rfind("\n"))
    if border > 0:
        return fitting[:border], text[border + 1 :].lstrip(" ")
    return (fitting, text[len(fitting) :]) if is_forced else ("", text.lstrip(" "))
