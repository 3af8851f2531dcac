"""Five parcels of one buyer, and what can become of a parcel: each at once, in the demo's own hours."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from bot.demo.opening import Demo
from bot.demo.people import Person
from store import shipping
from store.audit import SYSTEM
from store.models import Order
from tests.bot.demo.cast import buyer_of, presses

ADDRESSES = {
    "en": ("Portugal", "Rua Augusta 1", "1100-048", "Lisboa"),
    "zh": ("葡萄牙", "奥古斯塔街 1 号", "1100-048", "里斯本"),
    "ru": ("Португалия", "улица Аугушта, 1", "1100-048", "Лиссабон"),
}
STRIDE_H = 6
# What is done to each parcel before it moves, and after its first day; and where its label sends it.
FATES: Mapping[str, tuple[str | None, str | None, str]] = {
    "customs": (None, None, "BR"),
    "failed attempt": ("fail", None, "PT"),
    "locker": ("locker", None, "PT"),
    "delay": (None, "stall", "PT"),
    "loss": (None, "lose", "PT"),
}


async def live(demo: Demo, *languages: str, days: int) -> None:
    """The buyers of these languages have waited so many days for all five of theirs."""
    parcels = {
        (language, fate): await _sent(demo, buyer_of(demo, language), language, fate)
        for language in languages
        for fate in FATES
    }
    for (_, fate), parcel in parcels.items():
        if (before := FATES[fate][0]) is not None:
            await demo.levers.parcel(parcel, before)
    await _wait(demo, 18)
    for (_, fate), parcel in parcels.items():
        if (after := FATES[fate][1]) is not None:
            await demo.levers.parcel(parcel, after)
    await _wait(demo, 24 * days)


async def _wait(demo: Demo, hours: int) -> None:
    """In strides: the page's own "+1 day" stops at whatever is due, which takes fifteen parcels a minute."""
    for _ in range(0, hours, STRIDE_H):
        demo.levers.clock.skip(timedelta(hours=STRIDE_H))
        await demo.app.run_jobs_due()


async def _sent(demo: Demo, buyer: Person, language: str, fate: str) -> int:
    await _orders(buyer, language)
    country, now = FATES[fate][2], demo.levers.clock()
    number = await demo.levers.carrier.new_label(key=f"{language} {fate}", destination_country=country, now=now)
    async with demo.app.db.begin() as session:
        order_id = await session.scalar(select(Order.id).order_by(Order.id.desc()).limit(1))
        assert order_id is not None
        return await shipping.ship(session, order_id, carrier="sandbox", tracking_number=number, actor=SYSTEM, now=now)


async def _orders(who: Person, language: str) -> None:
    """One thing, paid in cash at the door."""
    is_new = not who.from_bot
    await who.starts()
    await who.starts("p_2")
    await presses(who, "a", "o")
    if is_new:
        await who.sends(who.name)
        await who.shares_contact()
    await presses(who, "od")
    if is_new:
        for part in ADDRESSES[language]:
            await who.sends(part)
    else:
        await presses(who, "oa")
    await who.taps_data(who.from_bot[-1]["message_id"], "op:cash")
    await presses(who, "oo")
