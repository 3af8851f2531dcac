"""What the buttons around a person's own settings carry: what they want to be told, their clock, their data. Prefixes start with "e"."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from store.preferences import Topic

Hour = Annotated[int, Field(ge=0, le=23)]
ZoneName = Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[A-Za-z0-9_+/-]+$")]


class ShowSettings(CallbackData, prefix="e"):
    pass


class SetTopic(CallbackData, prefix="et"):
    """Absolute, so that a press that arrives twice does the same thing once."""

    topic: Topic
    wanted: bool


class AskQuietHours(CallbackData, prefix="eq"):
    pass


class SetQuietHours(CallbackData, prefix="eqs"):
    """The same hour twice: never quiet."""

    start: Hour
    until: Hour


class AskZone(CallbackData, prefix="ez"):
    pass


class SetZone(CallbackData, prefix="ezs"):
    zone: ZoneName


class ForgetZone(CallbackData, prefix="ezx"):
    """The clock of the country that the parcels go to."""


class AskCurrency(CallbackData, prefix="em"):
    """*product_id*: what they are looking at; 0 for nothing."""

    product_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class ChooseCurrency(CallbackData, prefix="ems"):
    currency: Annotated[str, Field(min_length=3, max_length=3, pattern=r"^[A-Z]{3}$")]
    product_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class ShowPrivacy(CallbackData, prefix="ep"):
    pass


class DownloadData(CallbackData, prefix="ed"):
    pass


class AskDeleteData(CallbackData, prefix="ex"):
    pass


class DeleteData(CallbackData, prefix="exx"):
    pass


class ShowTerms(CallbackData, prefix="ec"):
    pass


class ShowSupport(CallbackData, prefix="eu"):
    pass
