"""What the staff must not overlook: an edited card makes no sound, a message does."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ui.buttons import in_rows
from bot.ui.desk_callbacks import BringCard
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.staff_callbacks import ShowCard
from store.orders import OrderView


def attention_screen(order: OrderView, what: Markup, t: Translator, *steps: Button) -> Screen:
    """*what* happened to an order that somebody has to look after, with the way to its card and what else can be done at once."""
    text = t("⚠️ <b>Order</b> <code>{number}</code>\n{what}", number=order.number, what=what)
    card = Button(t.label("Show the card"), ShowCard(order_id=order.id), style=Style.PRIMARY)
    return Screen(text, ((card, *steps),))


def neglected_screen(order: OrderView, age: Markup, t: Translator) -> Screen:
    """Nobody has accepted an order that is paid for, or to be paid on delivery."""
    what = t("⏰ Nobody has accepted it for {age}.", age=age)
    return attention_screen(order, what, t)


def pile_screen(orders: Sequence[OrderView], t: Translator) -> Screen:
    """Orders that came faster than a group may be told one by one; each button brings its card."""
    head = t.n("🧾 <b>{n} more new order</b>", "🧾 <b>{n} more new orders</b>", len(orders))
    lines = [
        t(
            "<code>{number}</code> · {total}",
            number=order.number,
            total=money(order.total_minor, order.currency, t.language),
        )
        for order in orders
    ]
    buttons = [Button(order.number, BringCard(order_id=order.id)) for order in orders]
    hint = t("Press a number for the order's card.")
    return Screen(Markup("\n").join([head, *lines, hint]), in_rows(buttons, 2))


def group_number_screen(chat_id: int, t: Translator) -> Screen:
    """For an owner who has just let the bot into a group."""
    return Screen(
        t(
            "Hello! To get the shop's orders in this group, put this line into <code>.env</code> and start me again:\n"
            "<code>STAFF_CHAT_ID={chat_id}</code>",
            chat_id=chat_id,
        )
    )
