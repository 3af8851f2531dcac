"""The people who buy, and where their parcels go."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from babel import Locale
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import typed
from store.errors import BadInput
from store.models import Address, Customer
from store.upsert import insert_ignoring

SAVED_ADDRESSES = 10
_LANGUAGES = ("en", "zh", "zh_Hant", "ru")
# In Babel's list, but no parcel can go there: unions, pseudo-locales, "unknown region".
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
# What people say instead of the official name.
_ALSO_SAID = {
    "GB": ("uk", "great britain", "britain", "england", "scotland", "wales", "英格兰", "苏格兰", "англия", "шотландия"),
    "US": ("usa", "united states of america", "america", "美利坚合众国", "америка", "сша", "соединенные штаты америки"),
    "HK": ("hong kong", "香港", "гонконг"),
    "MO": ("macau", "macao", "澳门", "澳門", "макао"),
    "CN": ("prc", "中华人民共和国", "中國大陸", "中国大陆", "кнр"),
    "KR": ("korea", "republic of korea", "韩国", "南韩", "корея", "южная корея"),
    "AE": ("uae", "emirates", "阿联酋", "эмираты", "объединенные арабские эмираты"),
    "NL": ("holland", "голландия"),
    "CZ": ("czech republic", "чешская республика"),
    "TR": ("turkey", "turkiye"),
    "RU": ("russian federation", "российская федерация", "рф"),
    "BY": ("белоруссия",),
    "CI": ("ivory coast",),
    "MM": ("burma",),
    "IE": ("republic of ireland",),
}


_BY_ACCOUNT = select(Customer).where(Customer.telegram_id == bindparam("telegram_id"))


async def find(session: AsyncSession, telegram_id: int) -> Customer | None:
    """The customer behind a Telegram account, if they have ever spoken to the shop."""
    found: Customer | None = await session.scalar(_BY_ACCOUNT, {"telegram_id": telegram_id})
    return found


async def identify(
    session: AsyncSession, telegram_id: int, *, name: str, username: str | None, language: str | None, now: datetime
) -> Customer:
    """The customer behind a Telegram account, made when new, with today's name.

    The language is taken over once, at the first meeting: `set_language` is for those who chose another since.
    """
    seen = {"name": typed.readable(name, maximum=128), "username": username[:64] if username else None}
    customer = await find(session, telegram_id)
    if customer is None:
        first = {"telegram_id": telegram_id, "language": (language or "en")[:16], "created_at": now}
        await insert_ignoring(session, Customer, **first, **seen)
        customer = (await session.scalars(select(Customer).where(Customer.telegram_id == telegram_id))).one()
    if (customer.name, customer.username) != (seen["name"], seen["username"]):
        customer.name, customer.username = seen["name"] or "", seen["username"]
        await session.flush()
    return customer


async def set_language(session: AsyncSession, customer_id: int, language: str) -> None:
    """The shop speaks *language* with this customer from now on."""
    await session.execute(update(Customer).where(Customer.id == customer_id).values(language=language[:16]))


async def mark_blocked(session: AsyncSession, telegram_id: int, *, blocked: bool, now: datetime) -> None:
    """Whether the customer has blocked the bot. The first moment of being blocked is kept."""
    change = update(Customer).where(Customer.telegram_id == telegram_id, Customer.blocked_at.is_(None) == blocked)
    await session.execute(change.values(blocked_at=now if blocked else None))


async def addresses(session: AsyncSession, customer_id: int) -> list[Address]:
    """What the customer may choose from, newest first, at most SAVED_ADDRESSES."""
    rows = await session.scalars(
        select(Address)
        .where(Address.customer_id == customer_id, Address.archived_at.is_(None))
        .order_by(Address.id.desc())
        .limit(SAVED_ADDRESSES)
    )
    return list(rows)


async def add_address(
    session: AsyncSession,
    customer_id: int,
    *,
    country: str,
    city: str,
    street: str,
    postcode: str = "",
    region: str = "",
    now: datetime,
) -> Address:
    """The address is saved; one that the customer has already is given back instead. *country* is a code or a name.

    Raises: BadInput(field, reason) for country, city, street, postcode, region.
    """
    code = country_code(country)
    if code is None:
        raise BadInput(field="country", reason="unknown")
    parts = {
        "country": code,
        "city": typed.line(city, "city", maximum=128),
        "street": typed.line(street, "street", maximum=255),
        "postcode": _postcode(postcode),
        "region": typed.line(region, "region", maximum=128, minimum=0),
    }
    for saved in await addresses(session, customer_id):
        if all(getattr(saved, field) == text for field, text in parts.items()):
            return saved
    address = Address(customer_id=customer_id, created_at=now, **parts)
    session.add(address)
    await session.flush()
    return address


def _postcode(text: str) -> str:
    clean = typed.line(text, "postcode", maximum=16, minimum=0).upper()
    if not all(character.isalnum() or character in " -" for character in clean):
        raise BadInput(field="postcode", reason="unreadable")
    return clean


def country_code(text: str) -> str | None:
    """The ISO 3166 code for what a person typed: a code, or a name in English, Chinese or Russian. None when it is no country."""
    return _countries().get(_folded(text)) if len(text) <= 128 else None


@cache
def _countries() -> dict[str, str]:
    return {_folded(name): code for name, code in _names()}


def _names() -> Iterator[tuple[str, str]]:
    """Later ones win: a code is never shadowed by a name."""
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()} - _NO_COUNTRIES
    for language in _LANGUAGES:
        territories = Locale.parse(language).territories
        yield from ((str(territories[code]), code) for code in codes if code in territories)
    yield from ((name, code) for code, names in _ALSO_SAID.items() for name in names)
    yield from ((code, code) for code in codes)


def _folded(text: str) -> str:
    """Without case, accents, punctuation and the article: "Côte d’Ivoire" and "cote divoire" are the same."""
    letters = unicodedata.normalize("NFKD", text.casefold().strip().removeprefix("the "))
    return "".join(character for character in letters if character.isalnum())
