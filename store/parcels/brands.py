"""Who carries parcels: names for people, and the words by which people mean them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from store.parcels.formats import FORMATS, Format, hint


@dataclass(frozen=True, slots=True)
class Brand:
    """*words* are lower case; those in Latin or Cyrillic letters count as whole words only."""

    title: str
    words: tuple[str, ...]


BRANDS: Mapping[str, Brand] = {
    "amazon": Brand("Amazon Logistics", ("amazon",)),
    "canada_post": Brand("Canada Post", ("canada post", "postes canada")),
    "canpar": Brand("Canpar", ("canpar",)),
    "cainiao": Brand("Cainiao", ("cainiao", "菜鸟")),
    "cdek": Brand("CDEK", ("cdek", "сдэк")),
    "deppon": Brand("Deppon", ("deppon", "德邦")),
    "dhl": Brand("DHL", ("dhl",)),
    "dpd": Brand("DPD", ("dpd",)),
    "ems": Brand("EMS", ("ems", "中国邮政", "邮政")),
    "fedex": Brand("FedEx", ("fedex", "fed ex", "联邦快递")),
    "gofo": Brand("GOFO Express", ("gofo",)),
    "jd": Brand("JD Logistics", ("jd", "jdl", "京东")),
    "jt": Brand("J&T Express", ("j&t", "jt", "极兔")),
    "landmark": Brand("Landmark Global", ("landmark",)),
    "lasership": Brand("LaserShip", ("lasership",)),
    "old_dominion": Brand("Old Dominion", ("old dominion", "odfl")),
    "ontrac": Brand("OnTrac", ("ontrac",)),
    "post": Brand("Post", ("post", "registered mail", "почта", "挂号信")),
    "purolator": Brand("Purolator", ("purolator",)),
    "russian_post": Brand("Russian Post", ("russian post", "почта россии")),
    "sf": Brand("SF Express", ("sf", "sf express", "顺丰", "順豐")),
    "speedee": Brand("Spee-Dee", ("speedee", "spee-dee")),
    "sto": Brand("STO Express", ("sto", "申通")),
    "ups": Brand("UPS", ("ups",)),
    "usps": Brand("USPS", ("usps",)),
    "yodel": Brand("Yodel", ("yodel",)),
    "yto": Brand("YTO Express", ("yto", "圆通", "圓通")),
    "yunda": Brand("Yunda", ("yunda", "韵达", "韻達")),
    "yunexpress": Brand("YunExpress", ("yunexpress", "yun express", "云途")),
    "zto": Brand("ZTO Express", ("zto", "中通")),
}
# What China and Russia write without a public check digit: seen in examples, proof of nothing.
HINTS = (
    hint("sf", r"SF\d{13}"),
    hint("sf", r"\d{12}"),
    hint("yto", r"YT\d{13}"),
    hint("zto", r"7[3568]\d{12}"),
    hint("zto", r"\d{12}"),
    hint("jd", r"JD\d{13}"),
    hint("jt", r"JT\d{13}"),
    hint("sto", r"(?:77|88)\d{11,13}"),
    hint("yunda", r"(?:31|43|46)\d{11,13}"),
    hint("ems", r"\d{13}"),
    hint("ems", r"[A-Z]{2}\d{9}CN"),
    hint("cainiao", r"LP\d{14}"),
    hint("cainiao", r"CN[A-Z]+\d+"),
    hint("deppon", r"DPK\d{12}"),
    hint("russian_post", r"\d{14}"),
    hint("russian_post", r"[A-Z]{2}\d{9}RU"),
    hint("cdek", r"\d{10}"),
)


def named_in(text: str) -> frozenset[str]:
    """The brands that the text names."""
    plain = f" {' '.join(unicodedata.normalize('NFKC', text[:500]).casefold().split())} "
    return frozenset(brand for brand, told in BRANDS.items() if any(_is_named(word, plain) for word in told.words))


def _is_named(word: str, plain: str) -> bool:
    if not word[0].isascii() and not "а" <= word[0] <= "я":
        return word in plain
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", plain) is not None


def formats_of(number: str) -> Iterator[Format]:
    """Every row that the number fits; hints among them."""
    return (row for row in (*FORMATS, *HINTS) if row.fits(number))
