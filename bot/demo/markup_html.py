"""Telegram's HTML: the few tags it knows, and its exact complaint about everything else."""

import re
from dataclasses import dataclass
from typing import NoReturn

from bot.demo import rules
from bot.demo.rules import bad_request
from bot.demo.state import Json

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#[xX](?P<hex>[0-9a-fA-F]{1,8})|#(?P<decimal>[0-9]{1,8})|(?P<name>[a-zA-Z]+));?")
_PLAIN = re.compile(r"[^<&]+")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_BLANKS = re.compile(r"\s*")


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Raises: BotApiError with Telegram's reason and byte offset."""
    return _HtmlParser(source).parsed()


@dataclass
class _OpenTag:
    name: str
    attributes: dict[str, str]
    offset: int
    output_at: int


class _HtmlParser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.output = ""
        self.offset = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Json] = []

    def parsed(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            if self.source.startswith("</", self.at):
                self._end_tag()
            elif self._here() == "<":
                self._start_tag()
            elif self._here() == "&":
                self._write(self._reference())
            else:
                self._write(self._take(_PLAIN))
        if self.open:
            raise _broken(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return self.output, self.entities

    def _here(self) -> str:
        return self.source[self.at : self.at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.source, self.at)
        taken = found.group() if found else ""
        self.at += len(taken)
        return taken

    def _write(self, text: str) -> None:
        self.output += text
        self.offset += utf16_length(text)

    def _reference(self) -> str:
        found = _REFERENCE.match(self.source, self.at)
        character = _decoded(found) if found else ""
        self.at += len(found.group()) if found and character else 1
        return character or "&"

    def _fail(self, reason: str, begin: int, after: str = "") -> NoReturn:
        raise _broken(f"{reason} at byte offset {len(self.source[:begin].encode())}{after}")

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._take(_TAG_NAME).lower()
        if not self._here():
            self._fail("Unclosed start tag", begin)
        if name not in _TYPES:
            self._fail(f'Unsupported start tag "{name}"', begin)
        attributes = self._attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_OpenTag(name, attributes, self.offset, len(self.output)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._take(_BLANKS)
            if self._here() == ">":
                self.at += 1
                return found
            name = self._take(_ATTRIBUTE_NAME)
            if not name:
                self._fail(f'Empty attribute name in the tag "{tag}"', begin)
            self._take(_BLANKS)
            found[name] = ""
            if self._here() == "=":
                self.at += 1
                self._take(_BLANKS)
                found[name] = self._value(begin) if self._here() else ""
            if not self._here():
                self._fail(f'Unclosed start tag "{tag}"', begin)

    def _value(self, begin: int) -> str:
        if self._here() in {'"', "'"}:
            return self._quoted(begin)
        token_at = self.at
        value = self._take(_NAME_TOKEN).lower()
        if self._here() != ">" and not self._here().isspace():
            self._fail("Unexpected end of name token", token_at)
        return value

    def _quoted(self, begin: int) -> str:
        quote = self._here()
        self.at += 1
        value = ""
        while self._here() and self._here() != quote:
            if self._here() == "&":
                value += self._reference()
            else:
                value += self._here()
                self.at += 1
        self.at += 1
        if not self._here():
            self._fail("Unclosed start tag", begin)
        return value

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            self._fail("Unexpected end tag", begin)
        self.at += 2
        name = self._take(_TAG_NAME).lower()
        self._take(_BLANKS)
        if self._here() != ">":
            self._fail("Unclosed end tag", begin)
        self.at += 1
        tag = self.open.pop()
        if name not in {"", tag.name}:
            self._fail("Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"')
        if self.offset > tag.offset:
            self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        entity = {"type": _TYPES[tag.name], "offset": tag.offset, "length": self.offset - tag.offset}
        extra = _extra(tag, self.output[tag.output_at :])
        if extra is not None:
            self.entities.append(entity | extra)
        if tag.name == "pre":
            self._join_language(entity)

    def _join_language(self, pre: Json) -> None:
        """`<pre><code class="language-x">` is one entity."""
        inner = [e for e in self.entities if e["type"] == "code" and e["length"] == pre["length"]]
        if inner and inner[-1]["offset"] == pre["offset"] and "language" in inner[-1]:
            self.entities.remove(inner[-1])
            self.entities[-1]["language"] = inner[-1]["language"]


def _broken(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def _decoded(reference: re.Match[str]) -> str:
    if name := reference["name"]:
        return _NAMED.get(name, "")
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    if 0xD800 <= code <= 0xDFFF:
        unmatched = "check for unmatched surrogate code units"
        raise _broken(f"Text contains invalid Unicode characters after decoding HTML entities, {unmatched}")
    return chr(code) if 0 < code <= 0x10FFFF else ""


def _extra(tag: _OpenTag, shown: str) -> Json | None:
    """The entity's further fields, or None where the tag is dropped and its text stays plain."""
    match tag.name:
        case "a":
            return _link(tag.attributes.get("href") or shown)
        case "blockquote" if "expandable" in tag.attributes:
            return {"type": "expandable_blockquote"}
        case "tg-emoji":
            return _emoji(tag.attributes.get("emoji-id", ""))
        case "tg-time":
            return _time(tag.attributes)
        case "code":
            language = tag.attributes.get("class", "").removeprefix("language-")
            return {"language": language} if language else {}
        case _:
            return {}


def _emoji(emoji_id: str) -> Json:
    if not emoji_id.isdecimal():
        raise _broken("Invalid custom emoji identifier specified")
    return {"custom_emoji_id": emoji_id}


def _link(href: str) -> Json | None:
    try:
        return {"url": rules.checked_url(href)}
    except ValueError:
        return None


def _time(attributes: dict[str, str]) -> Json | None:
    unix = attributes.get("unix", "")
    look = {"date_time_format": attributes["format"]} if attributes.get("format") else {}
    return {"unix_time": int(unix), **look} if unix.isdecimal() else None
