"""The card, asking which pieces' money goes back, and what becomes of them."""

from markupsafe import Markup

from bot.ui.buttons import filled
from bot.ui.contents import line_title
from bot.ui.desk_callbacks import ChooseRefund, RefundPieces
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.pieces import Choice, choice, stepper_rows
from bot.ui.screen import Button, Screen, Style
from bot.ui.staff_callbacks import AskRefund, AskStaffCancel
from bot.ui.staff_orders import card_text
from store.order_story import OrderStory
from store.parcels.registry import Carriers
from store.piece_refunds import refundable_pieces, worth
from store.piece_returns import Fate

_OTHER = {Fate.SHELF: Fate.GONE, Fate.GONE: Fate.SHELF}


def choose_refund_screen(
    story: OrderStory,
    t: Translator,
    zone: str,
    carriers: Carriers,
    *,
    chosen: str = "",
    fate: Fate = Fate.SHELF,
    page: int = 0,
) -> Screen:
    """Nothing is chosen to begin with: money that has left is hard to get back."""
    order, most = story.order, refundable_pieces(story)
    titles = [line_title(line, t) for line in order.lines]
    wanted = choice(titles, [most.get(line.id, 0) for line in order.lines], chosen, page=page)

    def press(other: Choice) -> ChooseRefund:
        return ChooseRefund(order_id=order.id, version=order.version, page=other.page, fate=fate, chosen=other.packed)

    other_fate = ChooseRefund(
        order_id=order.id, version=order.version, page=wanted.page, fate=_OTHER[fate], chosen=wanted.packed
    )
    on_shelf = t.label("✅ Back on the shelf") if fate is Fate.SHELF else t.label("⬜ Back on the shelf")
    question = t("<b>Which pieces are paid back?</b>\nWhat has not left is called off.")
    back = Button(t.label("← Back"), AskRefund(order_id=order.id))
    rows = (*stepper_rows(wanted, press, t), (Button(on_shelf, other_fate),), (back, *_sure(story, wanted, fate, t)))
    return Screen(Markup("\n\n").join([card_text(story, t, zone, carriers), question]), filled(rows))


def _sure(story: OrderStory, wanted: Choice, fate: Fate, t: Translator) -> tuple[Button, ...]:
    order = story.order
    if not wanted.total:
        return ()
    if _nothing_is_left(story, wanted):
        return (Button(t.label("🚫 Cancel"), AskStaffCancel(order_id=order.id), style=Style.DANGER),)
    amount = min(_amount(story, wanted), story.refundable_minor)
    sure = RefundPieces(order_id=order.id, version=order.version, fate=fate, chosen=wanted.packed)
    label = t.label("Refund {price}", price=money(amount, order.currency, t.language))
    return (Button(label, sure, style=Style.DANGER),)


def _amount(story: OrderStory, wanted: Choice) -> int:
    pairs = zip(story.order.lines, wanted.counts, strict=False)
    return sum(worth(line.total_minor, line.quantity, line.refunded_quantity, count) for line, count in pairs)


def _nothing_is_left(story: OrderStory, wanted: Choice) -> bool:
    """All of it is called off before anything has left: that is a cancellation."""
    unpacked = dict(story.to_pack)
    pairs = list(zip(story.order.lines, wanted.counts, strict=False))
    called_off = sum(min(count, unpacked.get(line.id, 0)) for line, count in pairs)
    return sum(line.quantity - line.cancelled_quantity for line in story.order.lines) <= called_off
