"""One helpful answer for each kind of thing that the shop can do nothing with."""

from collections.abc import Mapping

from markupsafe import Markup

from bot.ui.account import expected_screen, not_understood_screen
from bot.ui.buttons import home
from bot.ui.callbacks import ShowHelp
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Screen
from bot.ui.settings_callbacks import ShowSupport
from bot.ui.states import Awaiting

_CANNOT_LISTEN = noop("I cannot listen to recordings. Please write it, or press a button:")
_CANNOT_LOOK = noop("I cannot look at pictures and videos here. To show something to a person: /support")
_CANNOT_READ = noop("I cannot read files here. To send one to a person: /support")
_NO_PLAY = noop("Nice! I am only a shop, though. Here is what I can do for you:")
_NO_PLACE = noop("I need no place right now. Where a parcel goes is asked when you check out.")
_NO_CARD = noop("I need no phone number right now. It is asked when you check out.")

# By aiogram's name of the content; a kind that does not exist yet gets the general answer.
_ANSWERS: Mapping[str, str] = {
    "voice": _CANNOT_LISTEN,
    "audio": _CANNOT_LISTEN,
    "video_note": _CANNOT_LISTEN,
    "photo": _CANNOT_LOOK,
    "live_photo": _CANNOT_LOOK,
    "video": _CANNOT_LOOK,
    "paid_media": _CANNOT_LOOK,
    "story": _CANNOT_LOOK,
    "document": _CANNOT_READ,
    "animation": _NO_PLAY,
    "sticker": _NO_PLAY,
    "dice": _NO_PLAY,
    "game": _NO_PLAY,
    "gift": _NO_PLAY,
    "unique_gift": _NO_PLAY,
    "poll": noop("I cannot vote. Ask a person, if you like: /support"),
    "checklist": noop("I cannot tick off lists. What you want to buy belongs into the cart:"),
    "location": _NO_PLACE,
    "venue": _NO_PLACE,
    "contact": _NO_CARD,
    "users_shared": _NO_CARD,
    "user_shared": _NO_CARD,
    "invoice": noop("This bill is not from this chat. What is to be paid here stands in the order:"),
}


def unexpected_screen(kind: str, t: Translator, *, awaiting: Awaiting | None) -> Screen:
    """*kind* is the content's name. Where an answer is awaited, what it should look like: a sticker is no street."""
    if awaiting is not None:
        return expected_screen(awaiting, t)
    return _with_words(_ANSWERS.get(kind), t)


def forwarded_screen(t: Translator) -> Screen:
    return _with_words(noop("Somebody else wrote that. If a person should see it, tell them: /support"), t)


def unknown_command_screen(t: Translator, *, meant: str | None) -> Screen:
    """*meant* is the command that looks most like it."""
    if meant is None:
        return _with_words(noop("I do not know this command. Here is what I can do for you:"), t)
    text = t("I do not know this command. Did you mean /{command}?", command=meant)
    return Screen(text, ((Button(t.label("Help"), ShowHelp()), home(t)),))


def late_screen(screen: Screen, t: Translator) -> Screen:
    """The same for a message that has waited for hours while the shop was away."""
    text = Markup("\n\n").join((t("Sorry that this answer comes late: we were away."), screen.text))
    return Screen(text, screen.rows, awaits=screen.awaits)


def card_number_screen(t: Translator, *, is_deleted: bool, awaiting: Awaiting | None) -> Screen:
    """Somebody typed what looks like a payment card. What was asked before stays asked."""
    gone = t("I have deleted your message.") if is_deleted else t("Please delete your message.")
    text = t(
        "<b>Please never send card numbers in a chat.</b>\n{gone} Nothing of it was kept."
        " Cards are entered only on the payment page, which belongs to the payment provider.",
        gone=gone,
    )
    support = Button(t.label("💬 Support"), ShowSupport())
    return Screen(text, ((support, home(t)),), awaits=awaiting)


def _with_words(words: str | None, t: Translator) -> Screen:
    general = not_understood_screen(t)
    return general if words is None else Screen(t(words), general.rows)
