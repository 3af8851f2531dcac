"""The text of an HTML body, as it reads in a chat: paragraphs, lists, no scripts. Made for other shops' exports, so anything may be in it."""

import re
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "template", "noscript", "iframe", "object", "svg", "title"}
_BLOCKS = {"p", "div", "section", "article", "header", "footer", "table", "ul", "ol", "blockquote", "pre", "hr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LINES = {"br", "tr", "dt", "dd"}
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z!/][^<>]*>|&[a-zA-Z#][a-zA-Z0-9]{1,30};")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")


def text_of(body: str) -> str:
    """Plain text with at most one blank line between its parts. What is no HTML stays as it is."""
    if not _LOOKS_LIKE_HTML.search(body):
        return body
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return tidied("".join(reader.parts))


def tidied(text: str) -> str:
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self._silent += 1
        self._breaks(tag)
        if tag == "li":
            self.parts.append("\n• ")
        elif tag in {"td", "th"}:
            self.parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._breaks(tag)  # `<script/>` opens nothing

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        self._breaks(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _breaks(self, tag: str) -> None:
        if tag in _BLOCKS or tag in _HEADINGS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")
