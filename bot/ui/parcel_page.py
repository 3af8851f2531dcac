"""Where a parcel's public page is."""

from collections.abc import Callable

from bot.settings import Settings

PATH = "/parcel"
# The address of a parcel's page, by its key.
Pages = Callable[[str], str]


def pages(settings: Settings) -> Pages | None:
    """None where nobody else's browser reaches the shop's pages; one's own does, in a shop that is tried out."""
    if settings.public_url is None and not settings.sandbox_parcels:
        return None
    return lambda key: f"{settings.pay_base}{PATH}/{key}"
