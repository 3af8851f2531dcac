"""A whole address in one message, taken apart. Pure, and a guess: what it finds is shown before it is used, and what it misses is asked.

Latin and Cyrillic addresses come in lines or between commas, the smallest part first or last; Chinese ones name their parts: 省 市 区.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from store import address_rules, typed
from store.address_rules import Form, Part, Region
from store.countries import country_code

_SEPARATORS = re.compile(r"[\n;,，；、]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_LABEL = re.compile(
    r"^\s*(ship to|address|street|name|to|tel|phone|mobile|postcode|zip|city|country|адрес|получатель|телефон|тел|индекс|город|страна"
    r"|地址|详细地址|收货地址|收件地址|所在地区|收货人|收件人|姓名|电话|手机|手机号|手机号码|联系电话|邮编|邮政编码)\.?\s*[:：]\s*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:\+|\b00)?\d[\d\s().-]{8,18}\d\b")
_STREET = re.compile(
    r"\b(st|street|ave|avenue|road|rd|lane|ln|drive|dr|blvd|boulevard|way|court|square|apt|flat|floor|unit|suite"
    r"|rua|avenida|av|travessa|largo|praça|calle|via|viale|piazza|rue|place|platz|weg|gasse|allee"
    r"|ул|улица|пр|просп|проспект|пер|переулок|наб|шоссе|бульвар|д|дом|кв|корп|стр)\b|stra(ß|ss)e|str\.",
    re.IGNORECASE,
)
_TOWN_WORD = re.compile(r"^(г\.|г |город |гор\.)\s*", re.IGNORECASE)
_CITIES_THAT_ARE_REGIONS = {"北京市", "上海市", "天津市", "重庆市", "Москва", "Санкт-Петербург", "Севастополь"}
_CHINESE_REGION = re.compile(r"^([\u3400-\u9fff]{2,8}?(?:省|自治区|特别行政区)|(?:北京|上海|天津|重庆)市?)")
_CHINESE_CITY = re.compile(r"^([\u3400-\u9fff]{2,9}?(?:市|自治州|地区|盟|縣))")
_CHINESE_AREA = re.compile(r"^([\u3400-\u9fff]{2,8}?(?:区|區|县|旗|市|鄉|鎮))")
_CHINESE_NAMES = ("中国", "中國", "中华人民共和国", "台湾", "台灣", "臺灣")
_LONGEST = 1000
_SURE = {Part.COUNTRY, Part.REGION, Part.POSTCODE}


def looks_pasted(text: str) -> bool:
    """Whether this is more than the answer to one question: several lines, several commas, or 省市区 in a row."""
    pieces = [piece for piece in _SEPARATORS.split(text) if piece.strip()]
    return len(pieces) >= 3 or (len(pieces) == 2 and "\n" in text.strip()) or _is_chinese(text)


def _is_chinese(text: str) -> bool:
    return len(_IDEOGRAPH.findall(text)) >= 6 and len(re.findall("[省市区區县縣]", text)) >= 2


def is_sure(parts: dict[str, str]) -> bool:
    """Whether something was found that nobody types by accident: else a street with commas would be taken apart."""
    return bool(_SURE & parts.keys() - {Part.COUNTRY}) and len(parts) > 2


def taken_apart(text: str, *, country: str | None = None, language: str = "en") -> dict[str, str]:
    """What stands in *text*, by part. *country* is where it is if the text does not say; without either only the country is missing."""
    text = "".join(letter for letter in text[:_LONGEST] if letter.isspace() or typed.is_readable(letter))
    if _IDEOGRAPH.search(text) and (found := _chinese(text, country)) is not None:
        return found
    pieces = _pieces(text)
    named = _take_country(pieces, country)
    if named is None:
        return {}
    reading = _Reading(address_rules.form(named), pieces, language)
    return {Part.COUNTRY: named} | reading.parts()


def _pieces(text: str) -> list[str]:
    """What stands between commas and line ends, without labels, phone numbers and whoever it is for."""
    lines = [_LABEL.sub("", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not _is_phone(line)]
    if len(lines) >= 3 and _is_name(lines[0]) and any(character.isdigit() for character in lines[1]):
        lines = lines[1:]
    pieces = [" ".join(piece.split()) for line in lines for piece in _SEPARATORS.split(line)]
    return [piece for piece in pieces if piece and not _is_phone(piece)]


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text.strip()) is not None and sum(map(str.isdigit, text)) >= 10


def _is_name(line: str) -> bool:
    words = line.split()
    return 2 <= len(words) <= 4 and not _STREET.search(line) and not any(map(str.isdigit, line)) and "," not in line


def _take_country(pieces: list[str], country: str | None) -> str | None:
    """The country that is named last or first; it is taken out of *pieces*. "GA" after an American town is Georgia, not Gabon."""
    for place in [at for at in (len(pieces) - 1, 0, 1) if 0 <= at < len(pieces)]:
        name, postcode = _parted(pieces[place])
        named = country_code(name)
        is_doubtful = len(name) == 2 and name.isascii() and (bool(postcode) or place < len(pieces) - 1)
        if named and not is_doubtful and not (country and address_rules.form(country).region(name)):
            pieces[place : place + 1] = [postcode] if postcode else []
            return named
    return country


def _parted(piece: str) -> tuple[str, str]:
    """("Singapore", "238823")"""
    match = re.fullmatch(r"(\D+?)\s+(\d[\d-]{3,})", piece)
    return (match[1], match[2]) if match else (piece, "")


@dataclass
class _Reading:
    """One address of a known country, from its pieces."""

    form: Form
    pieces: list[str]
    language: str
    found: dict[str, str] = field(default_factory=dict)
    postcode_at: int | None = None

    def parts(self) -> dict[str, str]:
        self._take_postcode()
        self._take_region()
        self._take_city()
        if street := ", ".join(piece for piece in self.pieces if piece):
            self.found[Part.STREET] = street
        return {part: text[: _MAXIMUM.get(part, 128)] for part, text in self.found.items() if text}

    def _take_postcode(self) -> None:
        """From the end: a house number may look like one too."""
        pattern = address_rules.postcode_pattern(self.form.country)
        if Part.POSTCODE not in self.form.parts or not pattern:
            return
        whole = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)
        for place in reversed(range(len(self.pieces))):
            if matches := list(whole.finditer(self.pieces[place])):
                match = matches[-1]
                self.found[Part.POSTCODE] = match[0].upper()
                rest = self.pieces[place][: match.start()] + self.pieces[place][match.end() :]
                self.pieces[place] = rest.strip(" -.")
                self.postcode_at = place
                return

    def _take_region(self) -> None:
        for place in reversed(range(len(self.pieces))):
            piece = self.pieces[place]
            if region := self.form.region(piece):
                if region.key in _CITIES_THAT_ARE_REGIONS and self._is_only_town(place):
                    self.found[Part.CITY] = region.label(self.language)
                self.pieces[place] = ""
            elif region := self._at_the_end(piece):
                self.pieces[place] = piece.rpartition(" ")[0]
            if region:
                self.found[Part.REGION] = region.written(self.language)
                return

    def _at_the_end(self, piece: str) -> Region | None:
        """Springfield IL"""
        rest, _, last = piece.rpartition(" ")
        return self.form.region(last) if rest and last.isupper() and len(last) <= 3 else None

    def _is_only_town(self, place: int) -> bool:
        return not [other for at, other in enumerate(self.pieces) if at != place and _may_be_town(other)]

    def _take_city(self) -> None:
        if Part.CITY in self.found or Part.CITY not in self.form.parts:
            return
        towns = [place for place, piece in enumerate(self.pieces) if _may_be_town(piece)]
        if not towns:
            return
        begins_large = self.postcode_at == 0 and len(self.pieces) > 1 and not self.pieces[0]
        place = self.postcode_at if self.postcode_at in towns else towns[0 if begins_large else -1]
        if place is not None:
            self.found[Part.CITY] = _TOWN_WORD.sub("", self.pieces[place]).strip(" -.")
            self.pieces[place] = ""


_MAXIMUM: dict[str, int] = {Part.STREET: 255, Part.POSTCODE: 16}


def _may_be_town(piece: str) -> bool:
    return bool(piece) and not any(map(str.isdigit, piece)) and not _STREET.search(_TOWN_WORD.sub("", piece))


def _chinese(text: str, country: str | None) -> dict[str, str] | None:
    """None when it does not name its parts in Chinese."""
    joined = "".join(_without_labels(text))
    postcode = re.search(r"(?<!\d)(\d{6}|\d{3})(?!\d)(?![号號室栋樓楼弄巷])", joined) if _is_chinese(text) else None
    if postcode and (postcode.start() == 0 or postcode.end() == len(joined)):
        joined = joined[: postcode.start()] + joined[postcode.end() :]
    else:
        postcode = None
    named = next((name for name in _CHINESE_NAMES if joined.startswith(name)), "")
    joined = joined.removeprefix(named)
    home = country_code(named) if named else _chinese_home(joined, country)
    if home not in ("CN", "TW") or not _is_chinese(joined):
        return None
    found: dict[str, str] = {Part.COUNTRY: home}
    rest = _take_chinese(joined, address_rules.form(home), found)
    if rest.strip():
        found[Part.STREET] = typed.readable(rest, maximum=255)
    if postcode:
        found[Part.POSTCODE] = postcode[1]
    return found


def _without_labels(text: str) -> Sequence[str]:
    """The pieces that are part of the address: no phone number, no name, no blank between them."""
    lines = [_LABEL.sub("", line) for line in text.splitlines()]
    pieces = [piece.strip() for line in lines for piece in re.split(r"[,，;；、\s]+", line)]
    return [piece for piece in pieces if piece and not _is_chinese_aside(piece)]


def _is_chinese_aside(piece: str) -> bool:
    is_phone = re.fullmatch(r"(\+?86)?-?1\d{10}", piece) is not None
    is_person = re.fullmatch(r"[\u3400-\u9fff]{2,4}", piece) is not None and piece not in _CHINESE_NAMES
    return is_phone or (is_person and not re.search("[省市区區县縣路街道村镇鎮号號旗州盟巷弄里]$", piece))


def _chinese_home(text: str, country: str | None) -> str | None:
    """CN or TW, by the region that the text begins with."""
    for home in ("CN", "TW"):
        if any(text.startswith(region.key[:2]) for region in address_rules.form(home).regions if region.script):
            return home
    return country


def _begins_with(text: str, region: Region) -> bool:
    """广东深圳市 is in Guangdong; 吉林市 is a city that shares its province's name."""
    return text.startswith(region.key) or (
        text.startswith(region.short) and text[len(region.short) :][:1] not in ("省", "市", "县")
    )


def _take_chinese(text: str, form: Form, found: dict[str, str]) -> str:
    """What is left of *text* once region, city and district are in *found*."""
    known = next((region for region in form.regions if _begins_with(text, region)), None)
    if match := _CHINESE_REGION.match(text):
        known = form.region(match[1]) or known
        found[Part.REGION] = known.key if known else match[1]
        text = text[match.end() :]
        if known and known.key in _CITIES_THAT_ARE_REGIONS:
            found[Part.CITY] = known.key
            text = text.removeprefix("市辖区").removeprefix(known.key)
    elif known:
        found[Part.REGION] = known.key
        text = text.removeprefix(known.key).removeprefix(known.short)
    for part, pattern in ((Part.CITY, _CHINESE_CITY), (Part.AREA, _CHINESE_AREA)):
        if part not in found and (match := pattern.match(text)):
            found[part] = match[1]
            text = text[match.end() :]
    return text
