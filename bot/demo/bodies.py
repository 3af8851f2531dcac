"""What the demo's page may say to it: each body is read strictly, and nothing else is understood."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.demo.rules import CAPTION_MAX, TEXT_MAX

FILE_MAX_BYTES = 5 * 1024 * 1024


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Who(_Body):
    who: int
    chat: int


class Say(Who):
    text: str = Field(min_length=1, max_length=TEXT_MAX)
    reply_to: int | None = None


class Attachment(Who):
    """*content*: the file in base64."""

    name: str = Field(min_length=1, max_length=255)
    content: str = Field(min_length=1, max_length=FILE_MAX_BYTES // 3 * 4 + 4)
    text: str = Field("", max_length=CAPTION_MAX)
    reply_to: int | None = None


class Press(Who):
    message: int
    data: str = Field(min_length=1, max_length=64)


class Ask(Who):
    text: str = Field(max_length=256)


class Choice(Who):
    question: str = Field(max_length=32)
    card: str = Field(max_length=64)


class Travel(_Body):
    hours: Literal[1, 6, 24]


class Payment(_Body):
    ref: str = Field(max_length=64)
    verb: Literal["pay", "decline", "twice", "short", "late"]


class Parcel(_Body):
    shipment: int
    verb: Literal["move", "stall", "lose", "fail", "locker"]


class Break(_Body):
    what: Literal["flood", "telegram", "carrier", "webhooks", "bank"]
    on: bool = True


class Opening(Who):
    """A link, or the message that shows the invoice."""

    link: str = Field("", max_length=128)
    message: int = 0


class Delivery(Who):
    link: str = Field(max_length=128)
    address: dict[str, str] = Field(max_length=8)


class Paying(Delivery):
    option: str = Field("", max_length=64)
    tip: int = Field(0, ge=0, le=10**12)
    declined: bool = False
