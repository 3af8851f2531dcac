"""What a file would change, product by product. Pure: the shop as it stands is given."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from store.importing.columns import Column
from store.importing.goods import CATEGORIES_MAX, AboutVariant, Goods, Piece, Said
from store.importing.shelf import Homes, Shelf, StandingProduct, StandingVariant
from store.importing.trouble import Trouble, What
from store.models.base import Texts
from store.payments.telegram_facts import XTR
from store.prices import Tag


@dataclass(frozen=True, slots=True)
class VariantChange:
    """*columns* of the variant that differ (all, for a new one: *standing* is None); *listed*: new price tags in further currencies."""

    piece: Piece
    standing: StandingVariant | None
    columns: dict[str, Any]
    tag: Tag | None
    listed: dict[str, Tag]
    has_stock: bool

    @property
    def is_any(self) -> bool:
        return (
            self.standing is None or bool(self.columns) or self.tag is not None or bool(self.listed) or self.has_stock
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What one product of the file makes different. *standing* is None for a new one; *pictures* is None where they stay."""

    goods: Goods
    standing: StandingProduct | None
    columns: dict[str, Any]
    is_moved: bool
    pictures: list[str] | None
    variants: list[VariantChange]

    @property
    def is_any(self) -> bool:
        return (
            self.standing is None
            or bool(self.columns)
            or self.is_moved
            or self.pictures is not None
            or any(each.is_any for each in self.variants)
        )

    @property
    def is_found_otherwise(self) -> bool:
        """What a search reads by is new. Prices and stock it reads where they stand."""
        words = self.standing is None or bool(self.columns)
        return words or any(each.standing is None or bool(each.columns) for each in self.variants)


@dataclass
class Plan:
    """One product against the shop. With *troubles* that are no remarks there is no *change*."""

    change: Change | None = None
    troubles: list[Trouble] = field(default_factory=list)


def plan_of(goods: Goods, shelf: Shelf, homes: Homes) -> Plan:
    """Asks *homes* for the category, if it is a new one."""
    standing = shelf.products.get(goods.handle)
    troubles = [*_lacking(goods, standing), *_contradicting(goods, standing, shelf)]
    if troubles:
        return Plan(None, troubles)
    columns, remarks = _product_columns(goods, standing)
    troubles = [*remarks, *_homeless(goods, homes)]
    if any(not each.is_remark for each in troubles):
        return Plan(None, troubles)
    known = standing.variants if standing else {}
    variants = [_variant_change(piece, known.get(piece.sku)) for piece in goods.pieces]
    change = Change(
        goods, standing, columns, _is_moved(goods, standing, homes), _new_pictures(goods, standing), variants
    )
    return Plan(change, troubles)


def merged(standing: Texts, said: Texts | None) -> Texts:
    """The languages that a file names as it says, the others as they were."""
    return {language: text for language, text in {**standing, **(said or {})}.items() if text}


def _lacking(goods: Goods, standing: StandingProduct | None) -> Iterator[Trouble]:
    """What a new thing cannot do without."""
    if standing is None:
        if not any(goods.about.get("title", {}).values()):
            yield Trouble(goods.line, What.MISSING, "title")
        if "home" not in goods.about:
            yield Trouble(goods.line, What.MISSING, "category")
        yield from _lookalikes(goods)
    known = standing.variants if standing else {}
    for piece in goods.pieces:
        before = known.get(piece.sku)
        has_price = before is not None and (before.price_minor is not None or bool(before.listed))
        if "price_minor" not in piece.about and not has_price and not _has_listed(piece.about):
            yield Trouble(piece.line, What.MISSING, "price")


def _has_listed(about: AboutVariant) -> bool:
    """It is sold in a further currency alone."""
    return any("price_minor" in said for said in about.get("listed", {}).values())


def _lookalikes(goods: Goods) -> Iterator[Trouble]:
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    for piece in goods.pieces:
        before = seen.setdefault(tuple(sorted(piece.about.get("title", {}).items())), piece.line)
        if before != piece.line:
            yield Trouble(piece.line, What.SAME_OPTION, "option", {"line": before})


def _contradicting(goods: Goods, standing: StandingProduct | None, shelf: Shelf) -> Iterator[Trouble]:
    if standing is not None and goods.about.get("kind", standing.kind) != standing.kind:
        yield Trouble(goods.line, What.KIND_CHANGED, "kind", {"kind": standing.kind})
    if goods.about.get("kind", standing.kind if standing else "physical") != "digital":
        yield from _in_stars(goods, shelf.currency)
    for piece in goods.pieces:
        if (other := shelf.elsewhere.get(piece.sku)) is not None and other != goods.handle:
            yield Trouble(piece.line, What.SKU_ELSEWHERE, "sku", {"sku": piece.sku, "handle": other})
        before = standing.variants.get(piece.sku) if standing else None
        if before is not None and (trouble := promised(piece, before)):
            yield trouble


def _in_stars(goods: Goods, own: str) -> Iterator[Trouble]:
    """Telegram lets Stars pay for nothing that is delivered: such a price could never be paid."""
    for piece in goods.pieces:
        for name, key in (("price", "price_minor"), ("compare_at", "compare_at_minor")):
            said = piece.about if own == XTR else piece.about.get("listed", {}).get(XTR, {})
            if said.get(key) is not None:
                column = Column(name, currency="" if own == XTR else XTR).header
                yield Trouble(piece.line, What.STARS_FOR_PARCELS, column, {"handle": goods.handle})


def promised(piece: Piece, standing: StandingVariant) -> Trouble | None:
    """What orders have set aside must lie there."""
    on_hand = piece.about.get("on_hand", standing.on_hand)
    is_endless = piece.about.get("allow_backorder", standing.allow_backorder)
    least = standing.reserved + standing.safety
    if on_hand >= least or is_endless or not _stock_differs(piece.about, standing):
        return None
    return Trouble(piece.line, What.PROMISED, "stock", {"sku": piece.sku, "minimum": least})


def _homeless(goods: Goods, homes: Homes) -> Iterator[Trouble]:
    if (home := goods.about.get("home")) is None:
        return
    homes.ask_for(home)
    if homes.is_crowded and homes.find(home) is None:
        yield Trouble(goods.line, What.TOO_MANY_CATEGORIES, "category", {"maximum": CATEGORIES_MAX})


def _product_columns(goods: Goods, standing: StandingProduct | None) -> tuple[dict[str, Any], list[Trouble]]:
    about = goods.about
    before: dict[str, Any] = (
        {
            "kind": standing.kind,
            "status": standing.status,
            "title": standing.title,
            "description": standing.description,
        }
        if standing
        else {}
    )
    after: dict[str, Any] = {
        "kind": about.get("kind", before.get("kind", "physical")),
        "status": about.get("status", before.get("status", "active")),
        "title": merged(before.get("title", {}), about.get("title")),
        "description": merged(before.get("description", {}), about.get("description")),
    }
    troubles = list(_empty(goods, standing, after))
    if any(each.is_remark for each in troubles):
        after["status"] = "draft"
    return {name: value for name, value in after.items() if name not in before or before[name] != value}, troubles


def _empty(goods: Goods, standing: StandingProduct | None, after: dict[str, Any]) -> Iterator[Trouble]:
    """A digital product that is sold needs something to send."""
    if after["kind"] != "digital" or after["status"] != "active":
        return
    for piece in goods.pieces:
        before = standing.variants.get(piece.sku) if standing else None
        if not piece.about.get("digital_content", before.digital_content if before else None):
            what = What.DRAFT_WITHOUT_CONTENT if goods.is_lenient else What.NO_CONTENT
            yield Trouble(piece.line, what, "digital_content")


def _is_moved(goods: Goods, standing: StandingProduct | None, homes: Homes) -> bool:
    home = goods.about.get("home")
    return home is not None and (standing is None or homes.find(home) != standing.category_id)


def _new_pictures(goods: Goods, standing: StandingProduct | None) -> list[str] | None:
    said = goods.about.get("pictures")
    if said is None or (standing is None and not said) or (standing is not None and standing.shows(said)):
        return None
    return said


def _variant_change(piece: Piece, standing: StandingVariant | None) -> VariantChange:
    about = piece.about
    before: dict[str, Any] = (
        {
            "title": standing.title,
            "status": standing.status,
            "weight_g": standing.weight_g,
            "digital_content": standing.digital_content,
        }
        if standing
        else {}
    )
    after: dict[str, Any] = {
        "title": merged(before.get("title", {}), about.get("title")),
        "status": about.get("status", before.get("status", "active")),
        "weight_g": about.get("weight_g", before.get("weight_g", 0)),
        "digital_content": about.get("digital_content", before.get("digital_content")),
    }
    columns = {name: value for name, value in after.items() if name not in before or before[name] != value}
    has_stock = standing is None or _stock_differs(about, standing)
    return VariantChange(piece, standing, columns, _tag(about, standing), _listed(about, standing), has_stock)


def _tag(about: AboutVariant, standing: StandingVariant | None) -> Tag | None:
    """The new price tag; None where it stays."""
    before = (
        Tag(standing.price_minor, standing.compare_at_minor) if standing and standing.price_minor is not None else None
    )
    return _new_tag(about, before)


def _listed(about: AboutVariant, standing: StandingVariant | None) -> dict[str, Tag]:
    """The new ones of further currencies."""
    before = standing.listed if standing else {}
    found = {currency: _new_tag(said, before.get(currency)) for currency, said in about.get("listed", {}).items()}
    return {currency: tag for currency, tag in found.items() if tag is not None}


def _new_tag(said: AboutVariant | Said, before: Tag | None) -> Tag | None:
    """None where nothing changes: a crossed-out price alone is no price."""
    if "price_minor" not in said and before is None:
        return None
    unit_minor = said.get("price_minor", before.unit_minor if before else 0)
    after = Tag(unit_minor, said.get("compare_at_minor", before.compare_at_minor if before else None))
    return after if after != before else None


def _stock_differs(about: AboutVariant, standing: StandingVariant) -> bool:
    return (
        about.get("on_hand", standing.on_hand) != standing.on_hand
        or about.get("allow_backorder", standing.allow_backorder) != standing.allow_backorder
    )
