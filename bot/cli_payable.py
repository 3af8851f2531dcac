"""What commands that write prices say about who could pay them."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.payments.registry import Gateways


async def ways_to_pay(settings: "Settings") -> "Gateways":
    """As they are set up; none, and a note, where that cannot be known: prices are written all the same."""
    from bot import providers
    from bot.settings import SettingsError

    try:
        return await providers.as_set_up(settings)
    except SettingsError as wrong:
        print(f"Note: {wrong}", file=sys.stderr)
        return {}


def print_who_takes(gateways: "Gateways", currency: str) -> None:
    """A note where not everybody can pay in it. The prices are kept: a way to pay may be set up later."""
    from bot.ui.errors import who_takes
    from bot.ui.i18n import translator
    from store.payments.takers import taken

    if note := who_takes(taken(gateways, currency), currency, translator("en")):
        print(f"Note: {note}")
