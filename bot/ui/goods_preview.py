"""A product as a customer would see it, shown to the staff: the customer's buttons would buy it, so they are only drawn."""

from dataclasses import replace

from bot.ui.buttons import back
from bot.ui.goods_callbacks import PreviewGoods, ShowGoods
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen
from store.goods import Goods


def preview_screen(goods: Goods, as_sold: Screen, t: Translator) -> Screen:
    """Same text, same picture, same labels; each label shows the preview again."""
    drawn = tuple(
        tuple(Button(button.label, PreviewGoods(product_id=goods.id), style=button.style) for button in row)
        for row in as_sold.rows[:-1]
    )
    note = t("\n\n<i>This is what customers see. The buttons do nothing here.</i>")
    to_card = (back(ShowGoods(product_id=goods.id), t),)
    return replace(as_sold, text=as_sold.text + note, rows=(*drawn, to_card), awaits=None)
