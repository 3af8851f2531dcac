"""The rows of a product's screen that are about the person who looks at it: ♥, "tell me when it is back", the gallery."""

from bot.ui.buttons import filled
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Rows, Style
from bot.ui.wish_callbacks import SetFavourite, SetWatch, ShowAllPictures, ShowPicture
from store.catalog import ProductView, VariantView
from store.favourites import Regard


def like_button(variant: VariantView, regard: Regard, t: Translator, *, quantity: int, cursor: int) -> Button:
    wanted = not regard.is_favourite
    label = t.label("🤍 Like") if wanted else t.label("❤️ Liked")
    return Button(label, SetFavourite(variant_id=variant.id, wanted=wanted, quantity=quantity, cursor=cursor))


def watch_rows(variant: VariantView, regard: Regard, t: Translator, *, cursor: int) -> Rows:
    """Only below something that is sold out."""
    if variant.free > 0:
        return ()
    if variant.id in regard.watched:
        return ((Button(t.label("🔕 Do not tell me"), SetWatch(variant_id=variant.id, wanted=False, cursor=cursor)),),)
    tell = SetWatch(variant_id=variant.id, wanted=True, cursor=cursor)
    return ((Button(t.label("🔔 Tell me when back"), tell, style=Style.PRIMARY),),)


def gallery_rows(
    product: ProductView, variant: VariantView, regard: Regard, *, number: int, quantity: int, cursor: int
) -> Rows:
    """◀ 2/5 ▶ where there is more than one picture; the number in the middle shows all of them."""
    count = len(regard.pictures)
    if count < 2:
        return ()

    def to(other: int) -> ShowPicture:
        wrapped = (other - 1) % count + 1
        return ShowPicture(variant_id=variant.id, number=wrapped, quantity=quantity, cursor=cursor)

    middle = Button(f"🖼 {number}/{count}", ShowAllPictures(product_id=product.id))
    return filled(((Button("◀", to(number - 1)), middle, Button("▶", to(number + 1))),))


def picture_of(product: ProductView, regard: Regard, number: int) -> str | None:
    """The name of picture *number*; the first where there is no such one, None where there is none at all."""
    if 1 <= number <= len(regard.pictures):
        return regard.pictures[number - 1]
    return product.picture
