"""What lies in a parcel, in words."""

from collections.abc import Iterable

from bot.ui.i18n import Translator
from store.orders import OrderLineView, OrderView

_SHOWN = 6


def line_title(line: OrderLineView, t: Translator) -> str:
    return " · ".join(filter(None, (t.pick(line.title), t.pick(line.variant_title))))


def contents(order: OrderView, pieces: Iterable[tuple[int, int]], t: Translator) -> str:
    """*pieces* (order line id, how many) as "2 × Mug, 1 × Dress"; plain text."""
    lines = {line.id: line for line in order.lines}
    known = [(lines[line_id], quantity) for line_id, quantity in pieces if line_id in lines]
    words = [f"{quantity} × {line_title(line, t)}" for line, quantity in known[:_SHOWN]]
    return ", ".join(words) + (" …" if len(known) > _SHOWN else "")
