"""The owner's first hour: what a new shop still needs, with a button for each."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ui.buttons import back
from bot.ui.callbacks import ShowHome
from bot.ui.goods_callbacks import AddGoods, ListGoods
from bot.ui.i18n import Translator, noop
from bot.ui.pay_methods import method_label
from bot.ui.screen import Button, Screen, Style
from bot.ui.shop_callbacks import ShowDeliveries, ShowPayments, ShowShop
from bot.ui.start import HERO
from store.first_hour import Progress

_GATEWAYS = {"cash": noop("cash on delivery"), "sandbox": noop("the test bank (no real money)")}


def first_hour_screen(progress: Progress, *, has_payments: bool, name: str, t: Translator) -> Screen:
    """A checklist with its state."""
    steps = (
        (progress.has_product, t("a product that is for sale")),
        (progress.has_delivery, t("a way of delivery")),
        (has_payments, t("a way to pay")),
    )
    lines = [t("{mark} {step}", mark="✅" if done else "⬜", step=step) for done, step in steps]
    head = t("<b>{shop}</b>\nYour shop is new. Before anybody can buy, it needs:", shop=name)
    hint = t("\nName, currency and time zone are in the settings. Customers see a kind word until then.")
    first = (
        Button(t.label("✏️ Go on with it"), ListGoods())
        if progress.has_draft and not progress.has_product
        else Button(t.label("📷 Add a product"), AddGoods(), style=Style.SUCCESS)
    )
    rows = (
        (first,),
        (Button(t.label("🚚 Delivery"), ShowDeliveries()), Button(t.label("💳 Payments"), ShowPayments())),
        (Button(t.label("⚙️ Shop settings"), ShowShop()),),
    )
    return Screen(Markup("\n").join([head, *lines, hint]), rows, picture=HERO)


def payments_screen(names: Sequence[str], t: Translator) -> Screen:
    """Which ways to pay there are, and where others are switched on: they need secrets, which no chat should see."""
    ways = [t.label(_GATEWAYS[each]) if each in _GATEWAYS else method_label(each, t) for each in names]
    lines = [t("✅ {way}", way=way) for way in ways]
    text = Markup("\n").join(
        [
            t("<b>💳 Payments</b>"),
            *(lines or [t("No way to pay yet.")]),
            t("\nOthers are switched on where the program runs: they need secrets, and a chat is no place for those."),
        ]
    )
    return Screen(text, ((back(ShowHome(), t),),))
