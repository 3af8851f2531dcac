"""All the rows of one order of three lines, as bare SQL: what the limit of a database is measured with.

The same text runs through sqlite3 and through pgbench: both write `:name` for a value. No question is asked, every id is known before; the
guards are there: the cart is claimed, and each shelf is taken from only if enough is free.
"""

# The values: :cart and :customer, whose order and group get the cart's number too, and three variants in rising order.
VALUES = ("cart", "customer", "first", "second", "third")
TABLES = (
    "idempotency_keys",
    "order_groups",
    "orders",
    "order_lines",
    "stock_reservations",
    "stock_moves",
    "audit",
    "outbox",
)

_NOW, _LATER = "'2026-03-02 10:00:00.000000'", "'2026-03-02 10:30:00.000000'"
_SECRET = "'0123456789abcdef0123456789abcdef'"  # noqa: S105 - opens nothing
_ADDRESS = """'{"country": "PT", "region": "", "city": "Lisbon", "postcode": "1100-148", "street": "Rua Augusta 1"}'"""
_TITLE = """'{"en": "Stoneware mug"}'"""

_KEY = f"INSERT INTO idempotency_keys (scope, key, created_at) VALUES ('place', :cart || ':0', {_NOW})"
_CART = (
    f"UPDATE carts SET status = 'placed', open_slot = NULL, updated_at = {_NOW}"
    " WHERE id = :cart AND customer_id = :customer AND open_slot = 1 AND version = 0"
)
_GROUP = (
    "INSERT INTO order_groups (id, customer_id, currency, total_minor, created_at)"
    f" VALUES (:cart, :customer, 'USD', 5000, {_NOW})"
)
_ORDER = (
    "INSERT INTO orders (id, number, secret, cart_id, group_id, seller_id, customer_id, status, payment_status,"
    " fulfilment_status, payment_method, currency, subtotal_minor, discount_minor, shipping_minor, fee_minor,"
    " tax_minor, prices_include_tax, total_minor, contact_name, contact_phone, address, delivery_kind,"
    " delivery_carrier, delivery_title, delivery_details, delivery_min_days, delivery_max_days, note, language,"
    " placed_at, expires_at, version) VALUES"
    f" (:cart, 'N' || :customer, {_SECRET}, :cart, :cart, 1, :cart, 'pending_payment', 'unpaid', 'unfulfilled',"
    " 'sandbox', 'USD', 4500, 0, 500, 0, 0, true, 5000, 'Ann Lee', '+351912345678',"
    f""" {_ADDRESS}, 'courier', 'sandbox', '{{"en": "Courier"}}', '{{}}', 2, 4, '', 'en', {_NOW}, {_LATER}, 0)"""
)


def _three(into: str, row: str) -> str:
    """One INSERT of three rows; in *row* stand NTH, LINE (the id of the order's line) and VARIANT."""
    variants = enumerate((":first", ":second", ":third"), start=1)
    rows = (
        row.replace("NTH", str(nth)).replace("LINE", f":cart * 3 + {nth - 3}").replace("VARIANT", variant)
        for nth, variant in variants
    )
    return f"INSERT INTO {into} VALUES {', '.join(rows)}"


_LINES = _three(
    "order_lines (id, order_id, position, variant_id, sku, kind, product_title, variant_title, quantity, unit_minor,"
    " discount_minor, tax_minor, total_minor, weight_g, shipped_quantity, cancelled_quantity)",
    f"(LINE, :cart, NTH, VARIANT, 'SKU-1234', 'physical', {_TITLE}, '{{}}', 1, 1500, 0, 0, 1500, 300, 0, 0)",
)
_RESERVATIONS = _three(
    "stock_reservations (order_id, order_line_id, variant_id, location_id, round, quantity, state, expires_at)",
    f"(:cart, LINE, VARIANT, 1, 0, 1, 'held', {_LATER})",
)
_MOVES = _three(
    "stock_moves (variant_id, location_id, kind, d_on_hand, d_reserved, source_type, source_id, actor, reason, created_at)",
    f"(VARIANT, 1, 'reserve', 0, 1, 'order', :cart, 'customer:1234', '', {_NOW})",
)
_ENTRY = (
    "INSERT INTO audit (at, actor, actor_name, action, subject_type, subject_id, details)"
    f" VALUES ({_NOW}, 'customer:' || :customer, '', 'placed', 'order', :cart, '{{}}')"
)
_EVENT = (
    "INSERT INTO outbox (type, subject, payload, created_at)"
    f""" VALUES ('order.placed', 'order:' || :cart, '{{"order_id": 1234}}', {_NOW})"""
)


def _taken(variant: str) -> str:
    return (
        "UPDATE stock_levels SET reserved = reserved + 1"
        f" WHERE variant_id = {variant} AND location_id = 1 AND on_hand - safety - reserved >= 1"
    )


STATEMENTS = (
    _KEY,
    _CART,
    _GROUP,
    _ORDER,
    _LINES,
    _RESERVATIONS,
    _MOVES,
    _ENTRY,
    _EVENT,
    *map(_taken, (":first", ":second", ":third")),
)
