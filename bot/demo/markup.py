"""From what a bot sends to the text and entities that people see; offsets count UTF-16 units."""

import re

from bot.demo import rules
from bot.demo.markup_html import parse_html, utf16_length
from bot.demo.rules import Unsupported, bad_request
from bot.demo.state import Json

ENTITIES_MAX = 100
Formatted = tuple[str, list[Json]]
"""A text and its entities."""


def formatted(source: str, parse_mode: str, entities: list[Json] | None = None) -> Formatted:
    """Text and entities as Telegram shows them, trimmed. Raises: BotApiError, Unsupported."""
    if len(source.encode()) > rules.RAW_TEXT_MAX_BYTES:
        raise bad_request("text is too long")
    match parse_mode.lower():
        case "html":
            text, found = parse_html(source)
        case "":
            text, found = source, [_given(entity) for entity in entities or []]
        case "markdown" | "markdownv2":
            raise Unsupported(f"the Telegram in memory does not read parse_mode {parse_mode}: send HTML")
        case _:
            raise bad_request("unsupported parse_mode")
    text, found = trimmed(text, found)
    found += _discovered(text, found)
    found.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, found[:ENTITIES_MAX]


def _given(entity: Json) -> Json:
    places = (entity.get("offset"), entity.get("length"))
    if not isinstance(entity.get("type"), str) or not all(isinstance(place, int) for place in places):
        raise bad_request("can't parse MessageEntity: a type, an offset and a length are needed")
    return dict(entity)


def trimmed(text: str, entities: list[Json]) -> Formatted:
    """Without blanks at both ends; entities move along, and those left empty fall away."""
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    end = utf16_length(text)
    kept = []
    for entity in entities:
        start = min(max(entity["offset"] - lead, 0), end)
        stop = min(entity["offset"] - lead + entity["length"], end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return text, kept


# ---- what Telegram finds by itself

_FINDINGS = re.compile(
    r"(?P<url>\b(?:https?://|t\.me/)[^\s<>\"]*[^\s<>\".,;:!?)'])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<mention>(?<![\w@])@[A-Za-z]\w{3,31}\b)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?\b)",
    re.IGNORECASE,
)
_OPAQUE = {"pre", "code", "text_link", "text_mention", "url", "mention", "custom_emoji"}


def _discovered(text: str, entities: list[Json]) -> list[Json]:
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _OPAQUE]
    found = []
    for match in _FINDINGS.finditer(text):
        start = utf16_length(text[: match.start()])
        stop = start + utf16_length(match.group())
        if not any(start < end and begin < stop for begin, end in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": stop - start})
    return found
