"""Ways through the shop that many stories begin with."""

import re

from bot.demo.people import Person

COURIER, PICKUP = "Standard courier", "Pick"
CARD, CASH = "Card (test)", "Cash on delivery"


async def takes(person: Person, category: str = "Ceramics", product: str = "mug", *, more: int = 0) -> None:
    """From the front door to a cart with the product in it, *more* than one of it."""
    await person.starts()
    for label in ("Browse", category, product, *["➕"] * more, "Add to cart"):
        await person.taps(label)


async def answers(
    person: Person, *, delivery: str = COURIER, payment: str = CARD, name: str = "Ann Lee", first: bool = True
) -> None:
    """From the cart to the review; *first*: nothing is remembered of the person yet."""
    await person.taps("Checkout")
    await fills_in(person, delivery=delivery, payment=payment, name=name, first=first)


async def fills_in(
    person: Person, *, delivery: str = COURIER, payment: str = CARD, name: str = "Ann Lee", first: bool = True
) -> None:
    """From the checkout's first question to the review."""
    if first:
        await person.sends(name)
        await person.shares_contact()
    await person.taps(delivery)
    if delivery != PICKUP:
        await (types_address(person) if first else person.taps("Rua Augusta"))
    await person.taps(payment)


async def types_address(person: Person) -> None:
    for part in ("Portugal", "Rua Augusta 1", "1100-048", "Lisboa"):
        await person.sends(part)


async def orders(person: Person, **choices: str) -> str:
    """The whole way to an order that is placed; its number."""
    await takes(person)
    await answers(person, **choices)  # type: ignore[arg-type]  # the given values are of several types
    await person.taps("Place order")
    return order_number(person)


def order_number(person: Person) -> str:
    """The number in the newest message that names one."""
    for message in reversed(person.from_bot):
        if found := re.search(r"[2-9A-Y]{4}-[2-9A-Y]{5}", str(message.get("text") or "")):
            return found[0]
    raise AssertionError(f"no order number:\n{person.description()}")


async def types(person: Person, label: str, text: str) -> None:
    """Presses what asks, and answers."""
    await person.taps(label)
    await person.sends(text)
