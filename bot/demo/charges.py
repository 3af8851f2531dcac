"""Money on its way through Telegram: taken from a person, told to the bot, given back. The bot's Stars are counted here."""

import secrets
from typing import TYPE_CHECKING

from bot.demo.state import Charge, Invoice, Json

if TYPE_CHECKING:
    from bot.demo.world import World


async def take(world: "World", user_id: int, invoice: Invoice, total: int, more: Json) -> str:
    """The person has paid *total*; the bot is told. Returns the charge's id, which is as long as Telegram's own."""
    charge_id = f"{'stx' if invoice.is_in_stars else 'tg'}{secrets.token_urlsafe(80)}"
    paid = {"currency": invoice.asked["currency"], "total_amount": total, "invoice_payload": invoice.asked["payload"]}
    ids = {"telegram_payment_charge_id": charge_id, "provider_payment_charge_id": f"ch_{secrets.token_hex(12)}"}
    message = paid | more | ids
    world.state.charges[charge_id] = Charge(user_id, message)
    invoice.paid_by.append(user_id)
    if invoice.is_in_stars:
        partner = _partner(world, user_id) | {"invoice_payload": invoice.asked["payload"]}
        _enter(world, charge_id, total, source=partner)
    await _tell(world, user_id, {"successful_payment": message})
    return charge_id


async def give_back(world: "World", charge_id: str) -> bool:
    """The person has the Stars again; the bot is told by a message, as of every refund, its own ones too."""
    charge = world.state.charges[charge_id]
    charge.is_refunded = True
    kept = ("currency", "total_amount", "invoice_payload", "telegram_payment_charge_id")
    _enter(world, charge_id, charge.message["total_amount"], receiver=_partner(world, charge.user_id))
    await _tell(world, charge.user_id, {"refunded_payment": {key: charge.message[key] for key in kept}})
    return True


def _enter(world: "World", charge_id: str, amount: int, **partner: Json) -> None:
    world.state.stars.append({"id": charge_id, "amount": amount, "date": world.now(), **partner})


def _partner(world: "World", user_id: int) -> Json:
    return {"type": "user", "transaction_type": "invoice_payment", "user": world.user_json(user_id)}


async def _tell(world: "World", user_id: int, content: Json) -> None:
    message = world.post(world.private_chat(user_id), world.user_json(user_id), content)
    await world.emit("message", message)
