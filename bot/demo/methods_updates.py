"""Calls by which a bot gets its updates."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.demo.faults import flood
from bot.demo.methods_params import Params
from bot.demo.rules import bad_request
from bot.demo.state import Json, Webhook

if TYPE_CHECKING:
    from bot.demo.world import World


async def get_updates(world: "World", params: Params) -> list[Json]:
    _remember_allowed(world, params)
    return await world.updates.take(
        offset=params.integer("offset"), limit=params.integer("limit", 100), timeout_s=params.integer("timeout")
    )


def set_webhook(world: "World", params: Params) -> bool:
    """An empty url is the same as deleteWebhook."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return delete_webhook(world, params)
    _refuse_haste(world)
    _refuse_address(url)
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(world, params)
    world.updates.end_poll("terminated by setWebhook request")
    connections = min(max(params.integer("max_connections", 40), 1), 100)
    _put_webhook(world, Webhook(url, secret, connections))
    world.state.webhook.set_at = world.clock().timestamp()
    return _drop_pending(world, params)


def delete_webhook(world: "World", params: Params) -> bool:
    _put_webhook(world, Webhook(set_at=world.state.webhook.set_at))
    return _drop_pending(world, params)


def get_webhook_info(world: "World", params: Params) -> Json:
    world.updates.drop_expired()
    hook, allowed = world.state.webhook, world.state.allowed_updates
    shown = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(world.updates)}
    if hook.url:
        shown["max_connections"] = hook.max_connections
    if hook.last_error_date:
        shown |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    return shown | ({"allowed_updates": allowed} if allowed else {})


def _put_webhook(world: "World", hook: Webhook) -> None:
    """The one that is set already stays what it is, last error included."""
    if world.state.webhook.is_same_as(hook):
        return
    world.state.webhook = hook
    world.updates.wake()


def _refuse_haste(world: "World") -> None:
    waited = world.clock().timestamp() - world.state.webhook.set_at
    if 0 <= waited < 1:
        raise flood(1)


def _remember_allowed(world: "World", params: Params) -> None:
    """An absent list keeps the former one, an empty one asks for the default kinds."""
    if "allowed_updates" not in params:
        return
    kinds = params.json("allowed_updates")
    if not isinstance(kinds, list):
        raise bad_request("expected an Array of allowed updates")
    world.state.allowed_updates = [str(kind) for kind in kinds]


def _drop_pending(world: "World", params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        world.updates.forget()
    world.touch()
    return True


def _refuse_address(url: str) -> None:
    parts = urlsplit(url)
    is_local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    # The real server wants HTTPS on one of four ports; a bot beside the emulator has neither.
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_local and (parts.port or 443) not in {443, 80, 88, 8443}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
