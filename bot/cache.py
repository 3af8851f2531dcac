"""Pages of the catalogue, kept in the process' memory for as long as the catalogue is of the edition that they were read for (`store/editions.py`).

An update learns the edition with the first question it asks, and what it is shown was read after that: nobody sees what was no more when he pressed. Only
committed pages come in here, because they are read in transactions of this module's own. Prices and stock are not kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from store import catalog
from store.catalog import CategoryView, Listing, Page
from store.db import Database

T = TypeVar("T")

# Six megabytes, with long titles in three languages.
MOST = 500
# What was written past the program, by hand or by an older one that is still running, is seen after this time.
KEPT_S = 60


class Kept(Generic[T]):
    """The *most* values that were last asked for, each for *kept_s* seconds at most."""

    def __init__(self, most: int, kept_s: float, seconds: Callable[[], float]) -> None:
        self._most, self._kept_s, self._seconds = most, kept_s, seconds
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> T | None:
        found = self._values.get(key)
        if found is None or self._seconds() >= found[0]:
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, value: T) -> None:
        self._values[key] = self._seconds() + self._kept_s, value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class PageCache:
    """One for each process. Those of an edition that is over are asked for no more, and give way to others."""

    def __init__(self, db: Database, *, most: int = MOST, seconds: Callable[[], float] = monotonic) -> None:
        self.db = db
        self.listings = Kept[Listing](most, KEPT_S, seconds)
        self.categories = Kept[tuple[CategoryView, ...]](8, KEPT_S, seconds)

    def at(self, edition: int | None, currency: str) -> "Pages":
        """For an update: *edition* is what stood when it came; nothing is kept for None. *currency* is the person's."""
        return Pages(self, edition, currency)


@dataclass(frozen=True, slots=True)
class Pages:
    """The catalogue in one edition, or in a later one. Handlers that write to the catalogue do not use it: they are one edition ahead."""

    _cache: PageCache
    edition: int | None
    currency: str

    async def categories(self) -> tuple[CategoryView, ...]:
        """Those that have something to show, in the shop's order."""
        kept, key = self._cache.categories, (self.edition, self.currency)
        if self.edition is not None and (found := kept.get(key)) is not None:
            return found
        async with self._cache.db.read() as session:
            found = tuple(await catalog.categories(session, self.currency))
        if self.edition is not None:
            kept.put(key, found)
        return found

    async def page(self, category_id: int, *, after: int | None = None, before: int | None = None) -> Page:
        """The page as it is now, as `catalog.products_page` reads it. Raises: NotFound."""
        kept, key = self._cache.listings, (self.edition, self.currency, category_id, after, before)
        async with self._cache.db.read() as session:
            found = kept.get(key) if self.edition is not None else None
            if found is None:
                found = await catalog.listing(session, category_id, self.currency, after=after, before=before)
                if self.edition is not None:
                    kept.put(key, found)
            return await catalog.priced(session, found)
