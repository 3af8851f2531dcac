"""What the staff must not overlook: an edited card makes no sound, a message does."""

from markupsafe import Markup

from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.staff_callbacks import ShowCard
from store.orders import OrderView


def attention_screen(order: OrderView, what: Markup, t: Translator) -> Screen:
    """*what* happened to an order that somebody has to look after, with the way to its card."""
    text = t("⚠️ <b>Order</b> <code>{number}</code>\n{what}", number=order.number, what=what)
    card = Button(t.label("Show the card"), ShowCard(order_id=order.id), style=Style.PRIMARY)
    return Screen(text, ((card,),))


def group_number_screen(chat_id: int, t: Translator) -> Screen:
    """For an owner who has just let the bot into a group."""
    return Screen(
        t(
            "Hello! To get the shop's orders in this group, put this line into <code>.env</code> and start me again:\n"
            "<code>STAFF_CHAT_ID={chat_id}</code>",
            chat_id=chat_id,
        )
    )
