"""Looking for something: the question, what was found, and the ways on where nothing was."""

from markupsafe import Markup

from bot.ui.account import ways
from bot.ui.buttons import filled, home, in_rows, shortened
from bot.ui.callbacks import ShowCategories, ShowProduct
from bot.ui.catalog import card_line
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen
from bot.ui.search_callbacks import AskSearch, ShowResults, found_by
from bot.ui.start import HERO
from bot.ui.states import Awaiting
from store.search import Found

SAID_MAX = 60


def search_screen(t: Translator) -> Screen:
    """Asks for words."""
    text = t(
        "<b>What are you looking for?</b>\nType a word or two. A price helps, too: <i>mug under 20</i>",
    )
    as_you_type = Button(t.label("🔎 As you type"), search="")
    rows = ((as_you_type, Button(t.label("🛍 Browse"), ShowCategories())), (home(t),))
    return Screen(text, rows, picture=HERO, awaits=Awaiting.SEARCH)


def results_screen(found: Found, words: str, t: Translator, *, search_id: int) -> Screen:
    """A page of what was found for *words*."""
    said = shortened(words, SAID_MAX)
    if not found.cards:
        return nothing_screen(said, t)
    close = t("Nothing fits <b>{words}</b> exactly. This comes close:", words=said)
    title = close if found.is_close else t("<b>Found for “{words}”</b>", words=said)
    lines = [card_line(card, t) for card in found.cards]
    products = [
        Button(shortened(t.pick(card.title)), ShowProduct(product_id=card.id, cursor=found_by(search_id)))
        for card in found.cards
    ]
    rows = (*in_rows(products, 2), _turning(found, search_id, t), (_again(t), home(t)))
    return Screen(Markup("\n").join([title, Markup(""), *lines]), filled(rows), picture=HERO)


def _turning(found: Found, search_id: int, t: Translator) -> tuple[Button, ...]:
    buttons = []
    if found.before is not None:
        buttons.append(Button(t.label("◀ Previous"), ShowResults(search_id=search_id, cursor=-found.before)))
    if found.after is not None:
        buttons.append(Button(t.label("Next ▶"), ShowResults(search_id=search_id, cursor=found.after)))
    return tuple(buttons)


def nothing_screen(words: str, t: Translator) -> Screen:
    """An empty result says so and leads on; it answers whatever nobody understood, so it shows all that the shop can do."""
    text = t(
        "I found nothing for <b>{words}</b>.\nTry another word, or fewer. Or here is what I can do for you:",
        words=shortened(words, SAID_MAX),
    )
    return Screen(text, ((_again(t),), *ways(t)))


def _again(t: Translator) -> Button:
    return Button(t.label("🔍 Search again"), AskSearch())
