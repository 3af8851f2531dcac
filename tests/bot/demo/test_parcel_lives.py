"""Time travel moves parcels through all that can happen to one, and each is told in the reader's language."""

from pathlib import Path

import pytest

from bot.demo.opening import open_demo
from bot.ui.i18n import LANGUAGES, translator
from bot.ui.parcel_words import STAGE, STATUS
from store.order_status import ShipmentStatus as S
from store.parcels.carrier import Stage
from tests.bot.demo.cast import buyer_of
from tests.bot.demo.parcel_lives import live

HAPPENED = (Stage.CUSTOMS, Stage.FAILED_ATTEMPT, Stage.READY_FOR_PICKUP, Stage.LOST, Stage.DELIVERED)


@pytest.mark.slow
async def test_all_that_happens_to_parcels_is_told_to_each_in_their_language(tmp_path: Path) -> None:
    demo = await open_demo(tmp_path, port=8080)
    await live(demo, *LANGUAGES, days=8)
    told = {
        language: str([message.get("text") for message in buyer_of(demo, language).from_bot]) for language in LANGUAGES
    }
    await demo.stop()
    for language, words in told.items():
        t = translator(language)
        assert not [stage for stage in HAPPENED if t.label(STAGE[stage]) not in words]
        assert t.label(STATUS[S.LOST]) in words and t.label("It takes longer than expected; we are sorry.") in words
        assert language == "en" or not [phrase for phrase in STAGE.values() if phrase in words]
        assert "📍 Central station" in words and "Placed in locker" not in words
