"""What a catalogue file may hold. A merchant writes it by hand: whatever is wrong in it is told with its place, before anything is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from store import typed
from store.money import PRICE_MAX_MINOR, exponent
from store.payments.telegram_facts import XTR
from store.stars import MOST

# What a message of Telegram has room for.
CONTENT_MAX = 700
_TOLD = 3


class BadCatalogue(ValueError):
    """The place and what is wrong there, in one line."""


def check(catalogue: Mapping[str, Any]) -> None:
    """Raises: BadCatalogue when no shop can be made of it."""
    try:
        found = _Catalogue.model_validate(catalogue)
    except ValidationError as error:
        raise BadCatalogue(_in_one_line(error)) from None
    for trouble in _troubles(found):
        raise BadCatalogue(trouble)


def _currency(code: str) -> str:
    exponent(code)
    return code


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone, such as Europe/Lisbon") from None
    return name


def _readable(text: str) -> str:
    if not all(character == "\n" or typed.is_readable(character) for character in text):
        raise ValueError("has characters that cannot be shown")
    return text


def _said(texts: dict[str, str]) -> dict[str, str]:
    if not any(text.strip() for text in texts.values()):
        raise ValueError("is empty in every language")
    return texts


_Text = Annotated[str, AfterValidator(_readable)]
_Slug = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_readable)]
_Code = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+$")]
_Currency = Annotated[str, AfterValidator(_currency)]
_Texts = dict[str, Annotated[_Text, Field(max_length=4000)]]
_Titles = Annotated[dict[str, Annotated[_Text, Field(max_length=128)]], AfterValidator(_said)]
_Minor = Annotated[int, Field(ge=0, le=PRICE_MAX_MINOR)]
_Pieces = Annotated[int, Field(ge=0, le=10**6)]
_Grams = Annotated[int, Field(ge=0, le=10**7)]
_Days = Annotated[int, Field(ge=0, le=365)]


class _Part(BaseModel):
    # Strict: "12", 12.0 and true are no 12. A name that nobody knows is a typing error.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Shop(_Part):
    slug: _Slug
    name: _Titles
    tagline: _Texts = {}
    currency: _Currency
    language: Annotated[str, Field(pattern=r"^[a-z]{2,8}$")] = "en"
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    picture: str | None = None
    placeholder: str | None = None


class _Category(_Part):
    slug: _Slug
    emoji: Annotated[_Text, Field(max_length=16)] = ""
    title: _Titles


class _Variant(_Part):
    sku: _Slug
    title: dict[str, Annotated[_Text, Field(max_length=128)]] = {}
    weight_g: _Grams = 0
    price_minor: _Minor
    compare_at_minor: _Minor | None = None
    stars: Annotated[int, Field(ge=1, le=MOST)] | None = None
    on_hand: _Pieces
    digital_content: Annotated[_Text, Field(max_length=CONTENT_MAX)] | None = None


class _Product(_Part):
    slug: _Slug
    category: str
    kind: Literal["physical", "digital"]
    title: _Titles
    description: _Texts = {}
    picture: Annotated[_Text, Field(max_length=255)] | None = None
    variants: Annotated[list[_Variant], Field(min_length=1, max_length=80)]


class _Zone(_Part):
    country: Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")] = "*"
    postcode_prefix: Annotated[_Text, Field(max_length=16)] = ""
    max_weight_g: _Grams | None = None
    currency: _Currency
    price_minor: _Minor
    per_kg_minor: _Minor = 0
    free_over_minor: _Minor | None = None
    min_days: _Days = 1
    max_days: _Days = 7


class _Method(_Part):
    code: _Code
    kind: Literal["courier", "pickup", "digital"]
    carrier: _Code | None
    title: _Titles
    details: _Texts = {}
    zones: Annotated[list[_Zone], Field(min_length=1)]


class _Catalogue(_Part):
    shop: _Shop
    # A keyboard of Telegram holds a hundred buttons.
    categories: Annotated[list[_Category], Field(max_length=90)]
    products: list[_Product]
    delivery: Annotated[list[_Method], Field(max_length=20)]


def _troubles(found: _Catalogue) -> Iterable[str]:
    """What no part of the file can know by itself."""
    yield from _repeated("categories: the slug", (each.slug for each in found.categories))
    yield from _repeated("products: the slug", (each.slug for each in found.products))
    yield from _repeated("products: the sku", (each.sku for product in found.products for each in product.variants))
    yield from _repeated("delivery: the code", (each.code for each in found.delivery))
    yield from _homeless(found)
    yield from _contradictions(found)


def _repeated(what: str, names: Iterable[str]) -> Iterable[str]:
    # Databases that compare without case take "Mug" and "MUG" for the same.
    for name, times in Counter(name.casefold() for name in names).items():
        if times > 1:
            yield f"{what} {name!r} is there {times} times"


def _homeless(found: _Catalogue) -> Iterable[str]:
    known = {each.slug for each in found.categories}
    for n, product in enumerate(found.products):
        if product.category not in known:
            yield f"products[{n}].category: there is no category {product.category!r}"
        for m, variant in enumerate(product.variants):
            if product.kind != "digital" and (variant.stars or found.shop.currency == XTR):
                yield f"products[{n}].variants[{m}].{'stars' if variant.stars else 'price_minor'}: Stars pay for digital goods only"
            if product.kind == "digital" and not variant.digital_content:
                yield f"products[{n}].variants[{m}].digital_content: a digital product needs something to send"


def _contradictions(found: _Catalogue) -> Iterable[str]:
    if any(product.kind == "digital" for product in found.products) and "digital" not in {
        m.kind for m in found.delivery
    }:
        yield "delivery: digital products need a method of the kind digital"
    for n, method in enumerate(found.delivery):
        for m, zone in enumerate(method.zones):
            place = f"delivery[{n}].zones[{m}]"
            if zone.currency != found.shop.currency:
                yield f"{place}.currency: the shop sells in {found.shop.currency}"
            if zone.min_days > zone.max_days:
                yield f"{place}.min_days: is more than max_days"


def _in_one_line(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    told = [f"{_place(each['loc'])}: {_reason(each)}" for each in problems[:_TOLD]]
    more = len(problems) - _TOLD
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def _place(parts: Iterable[int | str]) -> str:
    """("products", 3, "sku") → products[3].sku"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".") or "the file"


def _reason(problem: Mapping[str, Any]) -> str:
    words = _REASONS.get(str(problem["type"]))
    told = words.format(**problem.get("ctx", {})) if words else str(problem["msg"])
    return told.removeprefix("Value error, ").partition("\n")[0]


_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "int_type": "must be a whole number",
    "string_type": "must be a text",
    "dict_type": 'must be texts by language, as in {{"en": "Mug"}}',
    "list_type": "must be a list",
    "model_type": "must be an object",
    "literal_error": "must be {expected}",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
}
