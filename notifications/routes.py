"""Who is told what: one literal table."""

from collections.abc import Mapping

from bot.ui.screen import Doubt
from notifications import (
    buyers,
    carriers,
    followed,
    goods,
    imports,
    staff,
    support,
    wishers,
)
from notifications.telling import Recipient, Route, Telling
from store import events
from store.events import Event
from store.preferences import Topic
from store.staff_room import Room

__all__ = ["ROUTES", "Recipient", "Route", "Telling"]

# --- the buyer's private chat
# The message that asks for the money becomes the receipt, or says that it asks no more.
RECEIPT = Route("buyer.receipt", buyers.buyer, buyers.receipt, slot=buyers.pay_slot)
REVIVED = Route("buyer.revived", buyers.buyer, buyers.revived)
HOLD_ENDING = Route("buyer.hold_ending", buyers.buyer, buyers.hold_ending, doubt=Doubt.SILENCE)
EXPIRED = Route("buyer.expired", buyers.buyer, buyers.expired, slot=buyers.pay_slot)
CANCELLED_UNPAID = Route("buyer.cancelled_unpaid", buyers.buyer, buyers.cancelled_unpaid, slot=buyers.pay_slot)
CANCELLED = Route("buyer.cancelled", buyers.buyer, buyers.cancelled)
COMPLETED = Route("buyer.completed", buyers.buyer, buyers.completed)
PAYMENT_FAILED = Route("buyer.payment_failed", buyers.buyer, buyers.payment_failed)
PAYMENT_SHORT = Route("buyer.payment_short", buyers.buyer, buyers.payment_short)
REFUND = Route("buyer.refund", buyers.buyer, buyers.refund)
TIMELINE = Route("buyer.timeline", buyers.buyer, buyers.timeline, slot=buyers.timeline_slot)
# In another language: only what stands there already.
TIMELINE_KEPT = Route("buyer.timeline", buyers.buyer, buyers.timeline, slot=buyers.timeline_slot, opens=False)
PAY_KEPT = Route("buyer.pay", buyers.buyer, buyers.pay_again, slot=buyers.pay_slot, opens=False)
SHIPPED = Route("buyer.shipped", buyers.buyer, buyers.shipped)
MILESTONE = Route("buyer.milestone", buyers.buyer, buyers.milestone)
RENUMBERED = Route("buyer.renumbered", buyers.buyer, carriers.renumbered)
DELAYED = Route("buyer.delayed", buyers.buyer, buyers.delayed)
COUPON_GIVEN = Route("buyer.coupon_given", buyers.buyer, buyers.coupon_given)

# --- a customer's private chat, about what they like or wait for. Once more is worse than not at all.
BACK_IN_STOCK = Route("customer.back_in_stock", wishers.person, wishers.back_in_stock)
PRICE_DROPPED = Route(
    "customer.price_dropped", wishers.person, wishers.price_dropped, doubt=Doubt.SILENCE, topic=Topic.OFFERS
)
CART_LEFT = Route("customer.cart_left", wishers.person, wishers.cart_left, doubt=Doubt.SILENCE, topic=Topic.REMINDERS)
FOLLOWED = Route("customer.followed_parcel", wishers.person, followed.moved)

# --- the staff chat: one living card an order, and a message of its own for what must be heard
CARD = Route("staff.card", staff.staff_chat, staff.card, slot=staff.card_slot, room=Room.ORDERS)
# An order that nobody may pack yet has no card; one that has a card shows what became of it.
CARD_KEPT = Route("staff.card", staff.staff_chat, staff.card, slot=staff.card_slot, opens=False, room=Room.ORDERS)
CARD_AGAIN = Route("staff.card_wanted", staff.staff_chat, staff.card_below, slot=staff.card_slot, room=Room.ORDERS)
PILE = Route("staff.pile", staff.staff_chat, staff.pile, room=Room.ORDERS)
NEGLECTED = Route("staff.neglected", staff.staff_chat, staff.neglected, room=Room.ORDERS)
OWNER_NEGLECTED = Route("owner.neglected", staff.owners, staff.neglected)
DAY_REPORT = Route("staff.day_report", staff.staff_chat, staff.day_report, room=Room.ORDERS)
WAS_CANCELLED = Route("staff.cancelled", staff.staff_chat, staff.was_cancelled, room=Room.ORDERS)
REFUND_FAILED = Route("staff.refund_failed", staff.staff_chat, staff.refund_failed, room=Room.PAYMENTS)
CHARGED_BACK = Route("staff.charged_back", staff.staff_chat, staff.charged_back, room=Room.PAYMENTS)
CHARGEBACK_WON = Route("staff.chargeback_won", staff.staff_chat, staff.chargeback_won, room=Room.PAYMENTS)
PARCEL_TROUBLE = Route("staff.parcel_trouble", staff.staff_chat, staff.parcel_trouble, room=Room.ORDERS)
PARCEL_LATE = Route("staff.parcel_late", staff.staff_chat, staff.parcel_late, room=Room.ORDERS)
PARCEL_HELP = Route("staff.parcel_help", staff.staff_chat, carriers.needs_help, room=Room.ORDERS)
CARRIER_FAILING = Route("staff.carrier_failing", staff.staff_chat, carriers.failing, room=Room.SYSTEM)
CARRIER_RECOVERED = Route("staff.carrier_recovered", staff.staff_chat, carriers.recovered, room=Room.SYSTEM)
STOCK_LOW = Route("staff.stock_low", staff.staff_chat, staff.stock_low, room=Room.STOCK)
QUARANTINED = Route("staff.quarantined", staff.staff_chat, staff.quarantined, room=Room.PAYMENTS)
UPDATE_SET_ASIDE = Route("staff.update_set_aside", staff.staff_chat, staff.update_set_aside, room=Room.SYSTEM)
GOODS_CARD = Route("staff.goods", goods.sender, goods.card, slot=goods.slot)

# --- questions to the shop: each side's words are copied to the other, and stay the copy of what was written
THREAD = Route("staff.thread", staff.staff_chat, support.card, slot=support.thread_slot, room=Room.SUPPORT)
THREAD_KEPT = Route(
    "staff.thread", staff.staff_chat, support.card, slot=support.thread_slot, opens=False, room=Room.SUPPORT
)
THREAD_CALLED = Route(
    "staff.thread_called", staff.staff_chat, support.called, slot=support.called_slot, room=Room.SUPPORT
)
THREAD_WAITS = Route("staff.thread_waits", staff.staff_chat, support.waits, slot=support.called_slot, room=Room.SUPPORT)
QUESTION = Route(
    "staff.question", support.staff_of_a_question, support.question, slot=support.message_slot, room=Room.SUPPORT
)
SAVED_REPLY = Route("staff.saved_reply", staff.staff_chat, support.saved_reply, room=Room.SUPPORT)
ANSWER = Route(support.ANSWER_ROUTE, support.asker_of_an_answer, support.answer, slot=support.message_slot)
ANSWER_LOST = Route("staff.answer_lost", staff.staff_chat, support.lost, room=Room.SUPPORT)
THREAD_CLOSED = Route("buyer.thread_closed", support.asker, support.closed)

# --- whoever sent a file of goods, where they sent it
IMPORT = Route("staff.import", imports.sender, imports.standing, slot=imports.slot)

ROUTES: Mapping[type[Event], tuple[Route, ...]] = {
    events.OrderPlaced: (CARD_KEPT,),
    events.OrderConfirmed: (RECEIPT, CARD),
    events.OrderRevived: (REVIVED, CARD),
    events.HoldEnding: (HOLD_ENDING,),
    events.OrderExpired: (EXPIRED, CARD_KEPT),
    events.OrderCancelled: (CANCELLED_UNPAID, CANCELLED, CARD_KEPT, WAS_CANCELLED),
    events.OrderCompleted: (COMPLETED, CARD_KEPT),
    events.OrderChanged: (CARD_KEPT,),
    events.OrderRedrawn: (TIMELINE_KEPT, PAY_KEPT),
    events.PaymentFailed: (PAYMENT_FAILED, CARD_KEPT),
    events.PaymentShort: (PAYMENT_SHORT, CARD),
    events.PaymentReceivedOnDelivery: (CARD_KEPT,),
    events.PaymentQuarantined: (QUARANTINED,),
    events.RefundRequested: (REFUND, CARD_KEPT),
    events.RefundSucceeded: (REFUND, CARD_KEPT),
    events.RefundFailed: (REFUND, CARD_KEPT, REFUND_FAILED),
    events.ChargedBack: (CARD_KEPT, CHARGED_BACK),
    events.ChargebackWon: (CARD_KEPT, CHARGEBACK_WON),
    events.ShipmentShipped: (TIMELINE, SHIPPED, CARD_KEPT),
    events.ShipmentMoved: (TIMELINE, MILESTONE, CARD_KEPT, PARCEL_TROUBLE),
    events.ShipmentScanned: (TIMELINE, CARD_KEPT),
    events.ShipmentDelayed: (TIMELINE, DELAYED, CARD_KEPT, PARCEL_LATE),
    events.CouponGiven: (COUPON_GIVEN, CARD_KEPT),
    events.ParcelNeedsHelp: (CARD_KEPT, PARCEL_HELP),
    events.ParcelRenumbered: (TIMELINE, RENUMBERED, CARD_KEPT),
    events.FollowedParcelMoved: (FOLLOWED,),
    events.CarrierFailing: (CARRIER_FAILING,),
    events.CarrierRecovered: (CARRIER_RECOVERED,),
    events.CardWanted: (CARD_AGAIN,),
    events.OrdersPiledUp: (PILE,),
    events.DayEnded: (DAY_REPORT,),
    events.OrderNeglected: (NEGLECTED, OWNER_NEGLECTED),
    events.StockLow: (STOCK_LOW,),
    events.GoodsPictured: (GOODS_CARD,),
    events.BackInStock: (BACK_IN_STOCK,),
    events.PriceDropped: (PRICE_DROPPED,),
    events.CartLeft: (CART_LEFT,),
    events.UpdateSetAside: (UPDATE_SET_ASIDE,),
    events.SupportAsked: (THREAD, QUESTION),
    events.SupportAnswered: (ANSWER, SAVED_REPLY, THREAD_KEPT),
    events.SupportEdited: (QUESTION, ANSWER),
    events.SupportLost: (THREAD_KEPT, ANSWER_LOST),
    events.SupportChanged: (THREAD_KEPT,),
    events.SupportClosed: (THREAD_CLOSED, THREAD_KEPT),
    events.SupportWaits: (THREAD_WAITS,),
    events.SupportCalled: (THREAD_CALLED,),
    events.ImportMoved: (IMPORT,),
}
