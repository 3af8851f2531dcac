"""What a customer may expect before paying: when each way of delivery would bring it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store.checkout import CheckoutView
from store.delivery import COURIER, DeliveryOption
from store.parcels import eta, history, learned
from store.parcels.duration import Spread
from store.parcels.eta import Estimate
from store.parcels.learned import Learned
from store.parcels.legs import Place, Sending
from store.sellers import the_seller


async def promised(session: AsyncSession, view: CheckoutView, *, now: datetime) -> Mapping[int, Estimate]:
    """By method id, for an order that is paid now; left out where nobody knows. The shop's own time to hand over is in it."""
    known = await learned.newest(session)
    sender = str((await the_seller(session)).id) if known.transit is not None else ""
    found = {}
    for option in view.options:
        if option.kind == COURIER:
            told = eta.promise(now, option.min_days, option.max_days, _whole_way(known, view, option, sender, now))
            if told is not None:
                found[option.method_id] = told
    return found


def _whole_way(known: Learned, view: CheckoutView, option: DeliveryOption, sender: str, now: datetime) -> Spread | None:
    """Nothing while the address is unknown: what is nearest would promise too much to whoever is far."""
    if view.address is None or option.is_from:
        return None
    sending = Sending(
        origin=Place(),
        destination=history.place(asdict(view.address)),
        sender=sender,
        carrier=option.carrier or "",
        service=history.service(option.min_days, option.max_days),
        fee=option.price_minor / 100,
        pieces=sum(line.quantity for line in view.cart.lines if line.kind != "digital"),
    )
    return known.whole_way_of(sending, now)
