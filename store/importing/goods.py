"""What a file says about the goods. What it does not say stays as it is in the shop: a column that is missing, a cell that may be left blank."""

from dataclasses import dataclass, field
from typing import TypedDict

from store.importing.trouble import Trouble
from store.models.base import Texts
from store.payments.registry import Gateways

PIECES_MAX = 10**6
GRAMS_MAX = 10**7
NAME_MAX = 64
TITLE_MAX = 128
DESCRIPTION_MAX = 4000
CONTENT_MAX = 700
PICTURE_MAX = 255
PICTURES_MAX = 10
VARIANTS_MAX = 80
EMOJI_MAX = 16
CATEGORIES_MAX = 90  # a keyboard of Telegram holds a hundred buttons


@dataclass(frozen=True, slots=True)
class Home:
    """A category by its slug or a title. *titles* and *emoji* are for one that the shop does not have yet."""

    name: str
    titles: Texts
    emoji: str = ""


class AboutProduct(TypedDict, total=False):
    """A text that is empty in a language is taken away in that language."""

    title: Texts
    description: Texts
    home: Home
    kind: str
    status: str
    pictures: list[str]


class Said(TypedDict, total=False):
    """What a file says of a price in a further currency; a `compare_at_minor` of None is taken away."""

    price_minor: int
    compare_at_minor: int | None


class AboutVariant(TypedDict, total=False):
    """`listed`: by further currency."""

    title: Texts
    status: str
    price_minor: int
    compare_at_minor: int | None
    listed: dict[str, Said]
    on_hand: int
    allow_backorder: bool
    weight_g: int
    digital_content: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """One variant."""

    line: int
    sku: str
    about: AboutVariant


@dataclass(frozen=True, slots=True)
class Goods:
    """One product with those of its variants that the file names. *is_lenient*: what lacks something is kept as a draft instead of refused."""

    line: int
    handle: str
    about: AboutProduct
    pieces: tuple[Piece, ...]
    is_lenient: bool = False


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What reading a file needs to know of the shop. *gateways*: who could take the money of its further price lists."""

    currency: str
    language: str
    gateways: Gateways = field(default_factory=dict)


Read = Goods | Trouble
