"""An address that is being typed. What is asked next is what is still open, so it goes on wherever its customer left it, after a restart too."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from store import address_paste, address_rules, carts, checkout, customers, delivery, drafts, typed
from store.address_rules import Part
from store.drafts import Draft
from store.models import Address

_PARTS = tuple(Part)
NEARBY = 6


class Place(StrEnum):
    """Where it was begun, and so where it leads back to."""

    CHECKOUT = "checkout"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """`settled` are the parts that were left out, or kept although they look unusual. While `is_to_look_at`, the whole is shown before it
    is used: it was taken apart from a pasted text, or from an address that is being changed. `pasted` waits for its country. `point` is where
    it is on the map, in degrees of latitude and longitude.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()
    place: Place = Place.CHECKOUT
    replaces: int | None = None
    pasted: str = ""
    is_to_look_at: bool = False
    point: tuple[float, float] | None = None

    @property
    def country(self) -> str | None:
        return self.parts.get(Part.COUNTRY)

    @property
    def order(self) -> tuple[Part, ...]:
        """All the parts of that country's addresses, in the order of asking."""
        return (Part.COUNTRY, *(address_rules.form(self.country).parts if self.country else ()))

    @property
    def open(self) -> Part | None:
        """The first that is neither known nor left out."""
        return next((part for part in self.order if part not in self.parts and part not in self.settled), None)

    @property
    def missing(self) -> tuple[Part, ...]:
        """What the country requires and the draft lacks."""
        required = address_rules.form(self.country).required if self.country else ()
        return tuple(part for part in self.order if part in required and part not in self.parts)

    @property
    def doubtful(self) -> Part | None:
        """The first that looks unusual for that country, unless it was settled."""
        known = [part for part in self.order if part in self.parts and part not in self.settled]
        return next((part for part in known if not address_rules.is_usual(self.parts, part)), None)

    def can_skip(self, part: Part) -> bool:
        return part in self.order[1:] and part not in address_rules.form(self.country or "").required

    def before(self, part: Part) -> Part | None:
        """The part that is asked before this one."""
        place = self.order.index(part) if part in self.order else 0
        return self.order[place - 1] if place else None

    def with_part(self, part: Part, text: str, language: str) -> "AddressDraft":
        """Raises: BadInput(field, reason)."""
        clean = customers.clean_part(part, text)
        if part is Part.REGION and (region := address_rules.form(self.country or "").region(clean)):
            clean = region.written(language)
        return replace(self, parts={**self.parts, part: clean}, settled=self.settled - {part})

    def with_country(self, code: str, language: str) -> "AddressDraft":
        """In another country there is no such region, and its postcodes look different."""
        if self.pasted:
            found = address_paste.taken_apart(self.pasted, country=code, language=language)
            return replace(self, parts={Part.COUNTRY: code} | found, settled=frozenset(), pasted="", is_to_look_at=True)
        kept = self.parts if code == self.country else {**self.parts, Part.COUNTRY: code}
        if code != self.country:
            kept = {part: text for part, text in kept.items() if part != Part.REGION}
        return replace(self, parts=kept, settled=frozenset())

    def with_pasted(self, text: str, country: str | None, language: str) -> "AddressDraft":
        """Taken apart, to be looked at; without a country only kept, until that is known."""
        found = address_paste.taken_apart(text, country=country, language=language)
        if not found:
            return replace(self, pasted=text[:1000])
        return replace(self, parts={**self.parts, **found}, settled=frozenset(), pasted="", is_to_look_at=True)

    def without(self, part: Part) -> "AddressDraft":
        """The part stays out."""
        parts = {known: text for known, text in self.parts.items() if known != part}
        return replace(self, parts=parts, settled=self.settled | {part})

    def keeping(self, part: Part) -> "AddressDraft":
        return replace(self, settled=self.settled | {part})

    def confirmed(self) -> "AddressDraft":
        return replace(self, is_to_look_at=False)


async def kept(session: AsyncSession, customer_id: int) -> AddressDraft | None:
    """What was begun; None when nothing was."""
    row = await drafts.kept(session, customer_id, Draft.ADDRESS)
    return _revived(row) if row else None


async def keep(session: AsyncSession, customer_id: int, draft: AddressDraft, *, now: datetime) -> None:
    """It takes the place of what was begun before."""
    content: dict[str, Any] = {str(part): text for part, text in draft.parts.items()}
    content |= {"place": draft.place.value, "settled": sorted(map(str, draft.settled)), "pasted": draft.pasted}
    content |= {"replaces": draft.replaces, "is_to_look_at": draft.is_to_look_at, "point": draft.point}
    await drafts.keep(session, customer_id, Draft.ADDRESS, content, now=now)


def _revived(row: Mapping[str, Any]) -> AddressDraft:
    return AddressDraft(
        parts={part.value: str(row[part]) for part in _PARTS if row.get(part)},
        settled=frozenset(row.get("settled", ())),
        place=Place(row.get("place", Place.CHECKOUT)),
        replaces=row.get("replaces"),
        pasted=row.get("pasted", ""),
        is_to_look_at=bool(row.get("is_to_look_at")),
        point=(point[0], point[1]) if (point := row.get("point")) else None,
    )


def of_address(address: Address) -> AddressDraft:
    """A saved one, to be changed."""
    parts = {part.value: str(getattr(address, part)) for part in _PARTS if getattr(address, part)}
    optional = frozenset(part for part in address_rules.form(address.country).parts if part not in parts)
    return AddressDraft(parts, optional, Place.ACCOUNT, replaces=address.id, is_to_look_at=True)


async def nearby_countries(session: AsyncSession, customer_id: int, *, phone: str | None, language: str) -> list[str]:
    """Where a parcel most likely goes: the countries of the phone, of saved addresses, of the language, and those that the shop's zones name."""
    saved = [address.country for address in await customers.addresses(session, customer_id)]
    home = typed.phone_country(phone) if phone else None
    likely = [home, *saved, typed.language_country(language), *await delivery.countries(session)]
    return list(dict.fromkeys(country for country in likely if country))[:NEARBY]


async def save(session: AsyncSession, customer_id: int, draft: AddressDraft, *, now: datetime) -> Address:
    """The address is saved; a checkout that asked for it, or had chosen what it replaces, goes on with it. Nothing is being typed any more.

    Raises: BadInput, with the part that cannot be used.
    """
    parts = {str(part): text for part, text in draft.parts.items()}
    address = await customers.add_address(session, customer_id, **parts, now=now)
    if draft.replaces is not None:
        await customers.replace_address(session, customer_id, draft.replaces, address.id, now=now)
    if draft.point is not None:
        await customers.point_address(session, customer_id, address.id, draft.point)
    await drafts.drop(session, customer_id, Draft.ADDRESS)
    if await carts.is_filled(session, customer_id):
        chosen = (await checkout.view(session, customer_id)).address
        was_chosen = chosen is not None and chosen.id == draft.replaces
        if draft.place is Place.CHECKOUT or was_chosen:
            await checkout.set_address(session, customer_id, address.id, now=now)
    return address
