"""What the shop knows about people, column by column, and all of it about one of them.

A test holds `COLUMNS` against the schema: a new column must be classified before it can be landed. `store/erasure.py` takes away what is OWN,
blanks what is OF_ORDER and could say who it was, and keeps the rest of the orders, as the law wants.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import (
    Address,
    ArrivalRevision,
    AuditEntry,
    Base,
    Cart,
    CartLine,
    ChatMessage,
    Checkout,
    ConversationState,
    Coupon,
    CouponUse,
    Customer,
    Delivery,
    Favourite,
    FollowedParcel,
    Order,
    OrderGroup,
    OrderLine,
    PaymentAttempt,
    PaymentEvent,
    Refund,
    Scan,
    Shipment,
    StockWatch,
)
from store.models.search import Search
from store.models.support import SupportMessage, SupportThread

# table → (OWN: about a person, handed over and erased; OF_ORDER: handed over, kept with the order; everything else is named in PLAIN)
OWN: Mapping[str, str] = {
    "customers": "telegram_id name username language timezone country currency quiet_from quiet_until wants_parcels"
    " wants_reminders wants_offers blocked_at",
    "addresses": "country region city postcode street area label latitude longitude created_at archived_at",
    "carts": "currency status created_at updated_at reminded_at",
    "cart_lines": "variant_id quantity seen_minor",
    "checkouts": "contact_name contact_phone address_id delivery_method_id payment_method note expected_total_minor seen coupon_id"
    " updated_at",
    "searches": "text at",
    "favourites": "product_id created_at",
    "stock_watches": "variant_id created_at",
    "followed_parcels": "carrier tracking_number status scans phone_sealed created_at delivered_at removed_at",
    "support_threads": "order_id opened_at closed_at last_at",
    "support_messages": "side kind text file_id sent_at edited_at order_id",
    "conversation_states": "key state data updated_at",
    "chat_messages": "chat_id slot message_id has_picture updated_at",
    "deliveries": "route chat_id language status sent_at message_id",
    "bot_updates": "payload",
}
OF_ORDER: Mapping[str, str] = {
    "customers": "created_at",
    "orders": "number status payment_status fulfilment_status payment_method currency subtotal_minor discount_minor"
    " shipping_minor fee_minor tip_minor tax_minor prices_include_tax total_minor contact_name contact_phone address delivery_kind"
    " delivery_carrier delivery_title note language placed_at confirmed_at accepted_at cancelled_at completed_at"
    " cancel_reason staff_note",
    "order_groups": "currency total_minor created_at",
    "order_lines": "sku product_title variant_title digital_content quantity unit_minor discount_minor tax_minor"
    " total_minor shipped_quantity cancelled_quantity refunded_quantity",
    "coupons": "code percent amount_minor currency minimum_minor max_uses ends_at created_at",
    "coupon_uses": "amount_minor used_at given_back_at",
    "shipments": "kind carrier tracking_number status destination_country phone_sealed packed_at shipped_at delivered_at",
    "scans": "stage text place occurred_at",
    "arrival_revisions": "at earliest latest source reason",
    "payment_attempts": "gateway status amount_minor currency provider_ref pay_url pay_qr captured_minor refunded_minor created_at",
    "payment_events": "kind amount_minor currency occurred_at",
    "provider_events": "raw headers",
    "carrier_pushes": "body headers",
    "refunds": "status reason amount_minor currency created_at finished_at",
    "audit": "at actor actor_name action subject_type subject_id details",
}
# About goods, money and work, or about the staff: nobody's who buys here. Row numbers and links between rows among them.
PLAIN: Mapping[str, str] = {
    "audit": "id",
    "addresses": "id customer_id",
    "arrival_fits": "id day learned_at digest zone handover transit silence",
    "arrival_revisions": "id shipment_id",
    "bot_updates": "bot_id update_id status tries claimed_by claimed_until received_at acted_at reference last_error",
    "cart_lines": "id cart_id",
    "carts": "id customer_id seller_id open_slot version",
    "carrier_accounts": "carrier free_at day calls failures failing_since quiet_until told_at answered_at error",
    "carrier_pushes": "id carrier digest query numbers received_at status reason",
    "catalogue_editions": "id number",
    "categories": "id seller_id slug emoji title position hidden_at",
    "chat_messages": "id",
    "checkouts": "cart_id",
    "coupons": "id seller_id used customer_id shipment_id is_active created_by",
    "coupon_uses": "id coupon_id customer_id order_id slot",
    "customers": "id",
    "deliveries": "id event_id attempts available_at claimed_by claimed_until last_error",
    "delivery_methods": "id seller_id code kind carrier title details is_active position",
    "delivery_zones": "id method_id country postcode_prefix max_weight_g currency price_minor per_kg_minor free_over_minor"
    " min_days max_days",
    "favourites": "customer_id",
    "followed_parcels": "id customer_id carrier_slug phone_tries trouble subscribed_at subscriptions eta_from eta_until eta_has_time"
    " last_scan_at polled_at next_poll_at poll_failures",
    "goods_imports": "id seller_id status file_name chat_id language actor actor_name report tries lease_until created_at"
    " updated_at",
    "idempotency_keys": "scope key created_at",
    "import_chunks": "import_id position content",
    "import_pictures": "id import_id product_id address status reason tries due_at",
    "import_products": "import_id product_id",
    "order_groups": "id customer_id",
    "order_lines": "id order_id position variant_id kind picture weight_g",
    "orders": "id secret cart_id group_id seller_id customer_id delivery_details delivery_min_days delivery_max_days"
    " expires_at remind_at nudges version",
    "outbox": "id type subject payload created_at routed_at",
    "parcel_corrections": "message_id asks by at",
    "payment_attempts": "id group_id account active_slot merchant_ref refund_reserved_minor linked_at expires_at next_check_at checks"
    " version",
    "payment_events": "id attempt_id provider_event_id event_key created_at",
    "picture_files": "bot_id digest file_id at",
    "price_changes": "id product_id variant_id currency before_minor after_minor status told_until created_at",
    "price_lists": "id seller_id currency minimum_minor created_at",
    "prices": "id variant_id currency min_quantity unit_minor compare_at_minor",
    "product_pictures": "id product_id position name source created_at",
    "products": "id seller_id category_id slug kind status title description picture position version created_at",
    "provider_events": "id gateway account event_key kind merchant_ref provider_ref refund_ref amount_minor currency"
    " occurred_at source received_at status reason attempt_id",
    "refunds": "id attempt_id order_id merchant_ref provider_ref requested_by error next_check_at checks version",
    "saved_replies": "id seller_id title text created_by created_at updated_at",
    "scans": "id shipment_id dedupe_hash raw_code raw_status raw_time mark received_at",
    "search_keys": "product_id terms",
    "search_postings": "term_id product_id is_title",
    "search_spellings": "spelling term_id",
    "search_terms": "id term",
    "searches": "id customer_id",
    "sellers": "id slug name about currency language timezone created_at opening_hours closed_until closed_message"
    " minimum_minor staff_chat_id low_at",
    "sending_paces": "name free_at",
    "shipment_lines": "id shipment_id order_line_id quantity",
    "shipments": "id order_id public_key carrier_slug trouble subscribed_at subscriptions promised_from promised_until late_at eta_from eta_until eta_has_time"
    " eta_source delay_level delay_told_at last_scan_at polled_at"
    " next_poll_at poll_failures version",
    "staff_roles": "id seller_id telegram_id name role created_at",
    "staff_topics": "id chat_id topic thread_id created_at",
    "statement_marks": "gateway account until due_at",
    "stock_levels": "variant_id location_id on_hand reserved safety low_at allow_backorder",
    "stock_moves": "id variant_id location_id kind d_on_hand d_reserved source_type source_id actor reason created_at",
    "stock_reservations": "id order_id order_line_id variant_id location_id round quantity state expires_at",
    "stock_watches": "customer_id",
    "support_messages": "id thread_id author_id author_name chat_id message_id album answers_id lost_at",
    "support_threads": "id customer_id open_slot closed_by claimed_by claimed_name waiting_since reminded_at last_side",
    "variants": "id product_id sku status title weight_g digital_content position",
}

Export = dict[str, list[dict[str, Any]]]


def drafts_of(customer: Customer) -> ColumnElement[bool]:
    """What the customer has begun to type, and what their chat waits for."""
    chat = f"%:{customer.telegram_id}:{customer.telegram_id}"
    return or_(ConversationState.key.like(f"draft:%:{customer.id}"), ConversationState.key.like(chat))


def rows_of(customer: Customer) -> Mapping[type[Base], ColumnElement[bool]]:
    """Where everything about the customer stands: a condition for each table, those that others point at last."""
    carts, orders, groups = _ids(Cart, customer), _ids(Order, customer), _ids(OrderGroup, customer)
    shipments = select(Shipment.id).where(Shipment.order_id.in_(orders))
    attempts = select(PaymentAttempt.id).where(PaymentAttempt.group_id.in_(groups))
    threads = _ids(SupportThread, customer)
    return {
        Favourite: Favourite.customer_id == customer.id,
        StockWatch: StockWatch.customer_id == customer.id,
        FollowedParcel: FollowedParcel.customer_id == customer.id,
        Search: Search.customer_id == customer.id,
        ConversationState: drafts_of(customer),
        ChatMessage: ChatMessage.chat_id == customer.telegram_id,
        Delivery: Delivery.chat_id == customer.telegram_id,
        SupportMessage: SupportMessage.thread_id.in_(threads),
        SupportThread: SupportThread.customer_id == customer.id,
        CartLine: CartLine.cart_id.in_(carts),
        Checkout: Checkout.cart_id.in_(carts),
        Address: Address.customer_id == customer.id,
        CouponUse: CouponUse.customer_id == customer.id,
        Coupon: Coupon.customer_id == customer.id,
        Scan: Scan.shipment_id.in_(shipments),
        ArrivalRevision: ArrivalRevision.shipment_id.in_(shipments),
        Shipment: Shipment.order_id.in_(orders),
        OrderLine: OrderLine.order_id.in_(orders),
        Refund: Refund.order_id.in_(orders),
        PaymentEvent: PaymentEvent.attempt_id.in_(attempts),
        PaymentAttempt: PaymentAttempt.group_id.in_(groups),
        AuditEntry: AuditEntry.actor == f"customer:{customer.id}",
        Order: Order.customer_id == customer.id,
        OrderGroup: OrderGroup.customer_id == customer.id,
        Cart: Cart.customer_id == customer.id,
        Customer: Customer.id == customer.id,
    }


def _ids(model: Any, customer: Customer) -> Select[tuple[int]]:
    return select(model.id).where(model.customer_id == customer.id)


async def export(session: AsyncSession, customer: Customer) -> Export:
    """All that is known of the customer: table → rows of its OWN and OF_ORDER columns, as JSON can hold them. Empty tables are left out."""
    found: Export = {}
    for model, condition in reversed(list(rows_of(customer).items())):
        name = model.__tablename__
        wanted = [*OWN.get(name, "").split(), *OF_ORDER.get(name, "").split()]
        columns = [getattr(model, column) for column in wanted]
        rows = (await session.execute(select(*columns).where(condition))).all()
        if rows:
            found[name] = [{column: _plain(value) for column, value in zip(wanted, row, strict=True)} for row in rows]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
