"""How the staff chat is set up and explained: its topics, the owner's word that this group is the one, and its help."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ui.desk_callbacks import ConfirmStaffChat
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Screen, Style
from store.staff_room import Room

# Names that are the same for every shop: a topic's title is seen by whoever is in the group, and never holds a customer's data.
_TOPICS = {
    Room.ORDERS: noop("🧾 Orders"),
    Room.PAYMENTS: noop("💳 Payments"),
    Room.STOCK: noop("📉 Stock"),
    Room.SUPPORT: noop("💬 Support"),
    Room.SYSTEM: noop("🧯 System"),
}


def topic_name(topic: Room, t: Translator) -> str:
    return t.label(_TOPICS[topic])


def confirm_staff_chat_screen(t: Translator) -> Screen:
    """For an owner who has just let the bot into a group."""
    text = t(
        "Hello! Shall the shop's orders come into this group?\n"
        "Everybody in it will see names, addresses and amounts. Only people with a role can press anything."
    )
    yes = Button(t.label("✅ Yes, this group"), ConfirmStaffChat(), style=Style.SUCCESS)
    return Screen(text, ((yes,),))


def staff_chat_chosen_screen(topics: int, t: Translator) -> Screen:
    text = t("This is the staff chat now. The next order comes here.")
    if topics:
        text += "\n" + t.n("{n} topic was made for it.", "{n} topics were made for it.", topics)
    return Screen(text)


def staff_help_screen(commands: Sequence[tuple[str, str]], t: Translator) -> Screen:
    """*commands*: (name, what it is for) of the role of whoever asks."""
    lines = [
        t("<b>How the staff chat works</b>"),
        t("Every order has a card here, and its buttons are what you may do. Who was first is on the card."),
        t("To ship, reply to a card with the tracking number. To answer a customer, reply to the question."),
        Markup(""),
        *(Markup("/{} · {}").format(name, words) for name, words in commands if name != "help"),
    ]
    return Screen(Markup("\n").join(lines))
