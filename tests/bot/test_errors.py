import pytest

from bot.errors import told
from bot.ui.errors import BAD_INPUT, SENTENCES, apology, in_words
from bot.ui.i18n import LANGUAGES, translator
from bot.ui.screen import Screen, Toast
from store import errors
from store.errors import BadInput, CartChanged, CartEmpty, OutOfStock, RefundTooLarge, StoreError

PARAMS = {"minimum": 1, "maximum": 99, "limit": 3, "currency": "KWD"}


def leaves(kind: type[StoreError]) -> list[type[StoreError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]


@pytest.mark.parametrize("kind", leaves(StoreError))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_situation_has_words(kind: type[StoreError], language: str) -> None:
    """Nobody ever reads "error" alone."""
    assert kind.key in SENTENCES
    words = in_words(kind(**PARAMS), translator(language))
    assert len(words) >= 5 and "{" not in words


def test_no_words_are_kept_for_what_cannot_happen() -> None:
    assert set(SENTENCES) == {kind.key for kind in leaves(errors.StoreError)}


@pytest.mark.parametrize(("field", "reason"), BAD_INPUT)
def test_every_wrong_answer_is_told_what_would_be_right(field: str, reason: str) -> None:
    words = in_words(BadInput(field=field, reason=reason, **PARAMS), translator("en"))
    assert words != SENTENCES["bad_input"] and "{" not in words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OutOfStock(title={"en": "Mug"}, free=0), "Mug is sold out."),
        (OutOfStock(title={"en": "Mug"}, free=2), "Only 2 of Mug left."),
        (OutOfStock(), "There is not enough of it left."),
        (
            CartChanged(total_minor=4890, currency="USD"),
            "The total has changed to $48.90. Please look at it once more.",
        ),
        (RefundTooLarge(refundable_minor=500, currency="USD"), "At most $5.00 can be given back."),
        (BadInput(field="moon", reason="phase"), "I cannot use that. Please check it and send it again."),
    ],
)
def test_the_words_name_what_matters(error: StoreError, words: str) -> None:
    assert in_words(error, translator("en")) == words


def test_a_press_is_told_above_the_screen_and_a_text_in_a_message() -> None:
    t = translator("en")
    assert told(CartEmpty(), t, is_press=True) == Toast("Your cart is empty.", alert=True)
    message = told(OutOfStock(title={"en": "Salt & <Pepper>"}, free=0), t, is_press=False)
    assert isinstance(message, Screen)
    assert message.text == "Salt &amp; &lt;Pepper&gt; is sold out."


def test_an_apology_names_its_reference() -> None:
    assert "a1b2c3" in apology("a1b2c3", translator("en"))
