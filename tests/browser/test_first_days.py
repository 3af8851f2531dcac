"""The first day of a customer and of a merchant, in pictures and three languages: made when they are asked for (`make pictures`), to be looked at."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.demo.opening import Demo, open_demo
from bot.demo.people import Person
from bot.demo.scenes import CAST, Part, person
from bot.ui.i18n import LANGUAGES, translator
from store.models import Seller
from tests.bot.demo.cast import buyer, buyer_of, presses
from tests.browser.conftest import ROOT, Opens, lived

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not os.environ.get("DUKKAN_PICTURES"), reason="make pictures")]

PICTURES = ROOT / "build" / "pictures"
# Tall enough for a whole day without scrolling.
TALL = 9000
ADDRESSES = {
    "en": ("Portugal", "Rua Augusta 1", "1100-048", "Lisboa"),
    "zh": ("葡萄牙", "奥古斯塔街 1 号", "1100-048", "里斯本"),
    "ru": ("Португалия", "улица Аугушта, 1", "1100-048", "Лиссабон"),
}
ASKS = (
    "/help",
    "/language",
    "/cart",
    "/orders",
    "/track",
    "/settings",
    "/addresses",
    "/terms",
    "/privacy",
    "/cancel",
    "?",
)


@pytest.fixture(scope="module", params=LANGUAGES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(language, address) of a demo in which both days have been lived in that language."""
    for address in lived(tmp_path_factory.mktemp("days"), partial(_lives, language=request.param)):
        yield request.param, address


async def _lives(folder: Path, language: str) -> None:
    demo = await open_demo(folder, port=8080)
    async with demo.app.db.begin() as session:
        await session.execute(update(Seller).values(language=language))
    await _customers_day(demo, buyer_of(demo, language), language)
    await _merchants_day(demo, _owner(demo))
    await demo.levers.travel(30)
    await demo.stop()


def _owner(demo: Demo) -> Person:
    owner = next(f.user.id for f in CAST if f.part is Part.OWNER)
    group = next(chat.id for chat in demo.world.chats.values() if not chat.is_private)
    return person(demo.world, owner, group)


async def _customers_day(demo: Demo, who: Person, language: str) -> None:
    """Each screen is asked for anew, so that all of them stay in the chat."""
    await who.starts()
    await who.sends("/catalog")
    for link in ("c_1", "p_1", "p_2"):
        await who.starts(link)
    await who.sends(translator(language).pick({"en": "mug", "zh": "杯", "ru": "кружка"}))
    await who.starts("p_2")
    await presses(who, "a", "o")
    await who.sends(who.name)
    await who.shares_contact()
    await presses(who, "od")
    for part in ADDRESSES[language]:
        await who.sends(part)
    await presses(who, "op")
    await who.sends("/start")
    await presses(who, "o", "oo")
    await demo.levers.travel(0)
    for text in ASKS:
        await who.sends(text)
    await who.sends_sticker()
    await who.starts("p_3")
    await presses(who, "a", "o", "od", "oa")
    await presses(who, "op")
    await who.taps_data(who.from_bot[-1]["message_id"], "op:cash")
    await presses(who, "oo")
    await demo.app.run_jobs_due()


async def _merchants_day(demo: Demo, who: Person) -> None:
    await presses(who, "sa", "ss")
    for text in ("/products", "/threads", "/replies", "/help", "/shop"):
        await who.sends(text)
    await demo.app.run_jobs_due()


def test_both_days_are_pictured(told: tuple[str, str], opens: Opens) -> None:
    """Nothing can be scrolled sideways, and no label is cut off; the rest is for a person's eyes."""
    language, address = told
    page = opens(address, width=1440, height=TALL)
    page.is_(buyer(language).first_name)
    page.settles()
    for side in ("customer", "staff"):
        picture = PICTURES / f"first-day-{side}-{language}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.pane(side).screenshot(path=picture)
