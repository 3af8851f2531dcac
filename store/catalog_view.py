"""What goods look like to whoever buys: values, each in one currency."""

from dataclasses import dataclass

from store.models.base import Texts


@dataclass(frozen=True, slots=True)
class CategoryView:
    id: int
    slug: str
    emoji: str
    title: Texts


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a list. `price_minor` is that of its cheapest variant, for one piece."""

    id: int
    title: Texts
    picture: str | None
    price_minor: int
    has_price_range: bool
    currency: str
    is_sold_out: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`before` and `after` are the product ids to page back from and on from; None where the list ends."""

    cards: tuple[ProductCard, ...]
    category: CategoryView
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class VariantView:
    """`price_minor` is for one piece, `stars_minor` the same in Telegram Stars where it can be paid so; `free` is what can be ordered now, never negative."""

    id: int
    sku: str
    title: Texts
    price_minor: int
    compare_at_minor: int | None
    currency: str
    free: int
    weight_g: int
    is_active: bool
    stars_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ProductView:
    """`variants` are those with a price in `currency`, withdrawn ones included: `is_active` tells. `is_priced`: so it is, in this currency or another."""

    id: int
    category_id: int
    kind: str
    status: str
    title: Texts
    description: Texts
    picture: str | None
    variants: tuple[VariantView, ...]
    version: int
    currency: str
    is_priced: bool = False

    @property
    def is_elsewhere(self) -> bool:
        """It is sold, but not in this currency."""
        return self.status == "active" and self.is_priced and not any(each.is_active for each in self.variants)

    @property
    def is_for_sale(self) -> bool:
        return self.status == "active" and any(variant.is_active for variant in self.variants)

    @property
    def is_sold_out(self) -> bool:
        return not any(variant.free for variant in self.variants if variant.is_active)
