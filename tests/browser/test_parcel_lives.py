"""Parcels at the customs, before a closed door, in a locker, late and lost, in pictures and three languages (`make pictures`), to be looked at."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.demo.opening import open_demo
from bot.ui.i18n import LANGUAGES
from tests.bot.demo.cast import buyer, buyer_of
from tests.bot.demo.parcel_lives import live
from tests.browser.conftest import ROOT, Opens, lived

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not os.environ.get("DUKKAN_PICTURES"), reason="make pictures")]

PICTURES = ROOT / "build" / "pictures"
# Tall enough for all of it without scrolling.
TALL = 9000


@pytest.fixture(scope="module", params=LANGUAGES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(language, address) of a demo in which five parcels have had their lives."""
    for address in lived(tmp_path_factory.mktemp("parcels"), partial(_lives, language=request.param)):
        yield request.param, address


async def _lives(folder: Path, language: str) -> None:
    """And one parcel from elsewhere."""
    demo = await open_demo(folder, port=8080)
    person = buyer_of(demo, language)
    await live(demo, language, days=12)
    number = await demo.levers.carrier.new_label(key="elsewhere", destination_country="PT", now=demo.levers.clock())
    await person.sends(number)
    await person.taps_data(person.from_bot[-1]["message_id"], f"bn:{number}:sandbox")
    await demo.levers.travel(48)
    await person.sends("/track")
    await demo.stop()


def test_what_happens_to_parcels_is_pictured(told: tuple[str, str], opens: Opens) -> None:
    """Nothing can be scrolled sideways, and no label is cut off; the rest is for a person's eyes."""
    language, address = told
    page = opens(address, width=1440, height=TALL)
    page.is_(buyer(language).first_name)
    page.settles()
    picture = PICTURES / f"parcels-{language}.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.pane("customer").screenshot(path=picture)
