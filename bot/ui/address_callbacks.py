"""What the buttons around addresses carry: ids of saved ones, names of parts; the address that is being typed lives in the database."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import PageNumber, RowId
from store.address_rules import Part

CountryCode = Annotated[str, Field(min_length=2, max_length=2, pattern=r"^[A-Z]{2}$")]
# A checksum of the region's name: its place in the list may change with the next edition of the rules.
RegionId = Annotated[int, Field(ge=0, le=2**32)]


class Label(StrEnum):
    """What an address can be called with one press."""

    HOME = "home"
    WORK = "work"
    NONE = "none"


class ShowAddresses(CallbackData, prefix="d"):
    pass


class ShowAddress(CallbackData, prefix="da"):
    address_id: RowId


class AddAddress(CallbackData, prefix="dn"):
    """Begins one that belongs to no checkout."""


class EditAddress(CallbackData, prefix="de"):
    address_id: RowId


class AskLabel(CallbackData, prefix="dl"):
    address_id: RowId


class SetLabel(CallbackData, prefix="dt"):
    address_id: RowId
    label: Label


class AskRemove(CallbackData, prefix="dx"):
    address_id: RowId


class RemoveAddress(CallbackData, prefix="dxx"):
    address_id: RowId


class AskPoint(CallbackData, prefix="dm"):
    """Where exactly is it on the map."""

    address_id: RowId


class DropPoint(CallbackData, prefix="dmx"):
    address_id: RowId


class AskPart(CallbackData, prefix="dp"):
    """Back and Edit while an address is being typed: this part is asked again, and what stood there is offered."""

    part: Part
    page: PageNumber = 0


class KeepPart(CallbackData, prefix="dk"):
    """It stays as it is, however unusual it looks."""

    part: Part


class SkipPart(CallbackData, prefix="dz"):
    part: Part


class PickCountry(CallbackData, prefix="dc"):
    country: CountryCode


class PickRegion(CallbackData, prefix="dr"):
    region_id: RegionId


class ReadDraft(CallbackData, prefix="dv"):
    """The whole address as it stands so far."""


class ConfirmDraft(CallbackData, prefix="dy"):
    pass
