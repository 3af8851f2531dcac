"""The walk over a whole shop in one language, and what it saw."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.people import Person
from bot.ui import i18n
from tests import databases, pseudo
from tests.conversations import aftermath
from tests.conversations.conftest import Shop, is_sorry, opened
from tests.conversations.crawl import Crawl, commands, kind
from tests.conversations.lived_in import in_private, lives, speaks
from tests.conversations.watching import Look, Watch, watches

CHOOSES_A_LANGUAGE = "gs:"


@dataclass
class Walked:
    """*customer*, *desk* and *owner*: Ann in her chat, Max in the group and in his own chat."""

    language: str
    watch: Watch
    customer: Crawl
    desk: Crawl
    owner: Crawl
    unanswered: int = 0
    apologies: list[str] = field(default_factory=list)

    @property
    def crawls(self) -> tuple[Crawl, ...]:
        return self.customer, self.desk, self.owner

    @property
    def looks(self) -> list[Look]:
        """Every screen once."""
        return list({str(look): look for look in self.watch.looks}.values())

    def leads(self) -> dict[str, list[Look]]:
        """What each kind of button led to."""
        found: dict[str, list[Look]] = defaultdict(list)
        for step in (step for crawl in self.crawls for step in crawl.steps if step.is_press):
            found[kind(step.what)] += step.screens
        return found


def walked(language: str, folder: Path) -> Walked:
    """Runs to its end in a loop of its own, so that many tests can look at one walk."""
    with databases.sqlite() as url:
        return asyncio.run(_walk(language, folder, url))


async def _walk(language: str, folder: Path, url: str) -> Walked:
    shop = await opened(folder, url)
    await lives(shop)
    await speaks(shop, language)
    watch = watches(shop.world)
    customer, desk, owner = (_crawl(shop, who, watch) for who in (shop.ann, shop.max, in_private(shop.max)))
    walk = Walked(language, watch, customer, desk, owner)
    await _walks(shop, walk)
    walk.unanswered = len(shop.world.unanswered)
    toasts = [query.text for query in shop.world.state.queries.values()]
    walk.apologies = [text for text in (*toasts, *(look.text for look in watch.looks)) if is_sorry(text)]
    await shop.app.stop()
    return walk


def _crawl(shop: Shop, person: Person, watch: Watch) -> Crawl:
    languages = {f"{CHOOSES_A_LANGUAGE}{code}" for code in i18n.LANGUAGES}
    return Crawl(shop, person, watch, known=languages)


async def _walks(shop: Shop, walk: Walked) -> None:
    """The staff first, while there is something to do; then the customer; then what has changed for either by that, and by time."""
    for _ in range(2):
        await walk.desk.everything([])
        await walk.owner.everything(commands())
        if walk.language != pseudo.CODE:  # goods are not written in a language that nobody speaks
            await _sends_things(walk.owner)
        await walk.customer.everything(commands())
        await _sends_things(walk.customer)
        await aftermath.everything_is_paid(shop)
        await shop.works(hours=20)


async def _sends_things(crawl: Crawl) -> None:
    await crawl.sends("photo", lambda: crawl.person.sends_photo(caption="Blue mug 12.50"))
    for thing in ("sticker", "voice"):
        await crawl.sends(thing, getattr(crawl.person, f"sends_{thing}"))
    await crawl.sends("location", lambda: crawl.person.sends_location(38.71, -9.14))
    await crawl.sends("contact", crawl.person.shares_contact)
    await crawl.sends("document", lambda: crawl.person.sends_document(b"title;price\n", "goods.csv", "text/csv"))


def words(look: Look) -> Iterator[str]:
    """All that is written on a screen, line by line and button by button."""
    yield from look.text.splitlines()
    yield from (button["text"] for button in look.buttons)
