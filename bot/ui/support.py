"""Speaking with the people of the shop, as the customer sees it."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ui.buttons import back_and_home, filled, home, in_rows, shortened
from bot.ui.callbacks import ShowHelp, ShowOrder
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Original, Rows, Screen
from bot.ui.states import Awaiting
from bot.ui.support_callbacks import AskSupport, CloseQuestion, ShowFaq
from store.models import SupportMessage
from store.saved_replies import Faq

# These carry words of their own, into which the shop's can be put.
CAPTIONED = frozenset({"photo", "document", "voice", "video", "animation", "audio"})


def ask_screen(
    t: Translator,
    hours: Markup,
    *,
    order_number: str | None = None,
    order_id: int | None = None,
    is_open: bool = False,
    faqs: Sequence[Faq] = (),
) -> Screen:
    """Whatever the customer writes next goes to the shop; what is asked often can be read at once."""
    about = t("\nIt is about order <code>{number}</code>.", number=order_number) if order_number else Markup("")
    text = t(
        "<b>Write to us</b>{about}\nSend your question: as text, a picture, a voice message, whatever shows it best.\n{hours}",
        about=about,
        hours=hours,
    )
    done = (Button(t.label("✅ It is settled"), CloseQuestion()),) if is_open else ()
    often = in_rows([Button(shortened(each.title), ShowFaq(reply_id=each.reply_id)) for each in faqs], 2)
    to = ShowHelp() if order_id is None else ShowOrder(order_id=order_id)
    return Screen(text, filled((*often, done, back_and_home(to, t))), awaits=Awaiting.SUPPORT)


def faq_screen(faq: Faq, t: Translator) -> Screen:
    """What is asked often, answered; who has another question writes it."""
    text = Markup("<b>{}</b>\n{}\n\n").format(faq.title, faq.text) + t("<i>Another question? Just write it.</i>")
    return Screen(text, (back_and_home(AskSupport(), t),), awaits=Awaiting.SUPPORT)


def asked_screen(t: Translator, hours: Markup) -> Screen:
    """The first words of a thread are on their way: said once a thread."""
    text = t(
        "<b>Your question is with us</b> ✅\n{hours}\nYou can go on writing: until you go elsewhere, everything you send goes to the shop.",
        hours=hours,
    )
    return Screen(text, _going_on(t), awaits=Awaiting.SUPPORT)


def passed_on_screen(t: Translator) -> Screen:
    """More words of a thread that is open already."""
    return Screen(t("Passed on to the shop ✅"), _going_on(t), awaits=Awaiting.SUPPORT)


def not_passed_on_screen(t: Translator) -> Screen:
    """What no bot may copy: a game, an invoice, a story."""
    text = t("I cannot pass this on. Please send it as text, as a picture or as a file.")
    return Screen(text, _going_on(t), awaits=Awaiting.SUPPORT)


def _going_on(t: Translator) -> Rows:
    return ((Button(t.label("✅ It is settled"), CloseQuestion()), home(t)),)


def settled_screen(t: Translator, *, was_open: bool) -> Screen:
    text = t("Good! Your question is closed.") if was_open else t("There is no open question.")
    return Screen(text, ((Button(t.label("Write to us"), AskSupport()), home(t)),))


def closed_screen(t: Translator) -> Screen:
    """A notification: the shop has closed the question."""
    text = t("<b>The shop has closed your question.</b>\nIf anything is still open, just write again.")
    return Screen(text, ((Button(t.label("Write to us"), AskSupport()), home(t)),), fresh=True)


def answer_screen(
    message: SupportMessage, t: Translator, *, name: str = "", order_number: str | None = None, quotes: int | None
) -> Screen:
    """A notification: what somebody of the shop has written, copied as it is; *name* and the order stand above it if they are to be told."""
    head = _head(t, name, order_number)
    rows = ((Button(t.label("✍️ Write back"), AskSupport()),),)
    text = Markup("\n\n").join(filter(None, (head, said(message.text))))
    if message.chat_id is None or message.message_id is None or (head and message.kind == "text"):
        return Screen(text, rows, answers=quotes)
    caption = text if head and message.kind in CAPTIONED and len(message.text) + len(head) < 900 else None
    gone = Markup("\n\n").join(filter(None, (head, in_words(message, t))))
    original = Original(message.chat_id, message.message_id, message.kind, gone, caption)
    return Screen(text, rows, original=original, answers=quotes)


def said(words: str) -> Markup:
    """Somebody's own words: never markup."""
    return Markup("{}").format(words)


def in_words(message: SupportMessage, t: Translator) -> Markup:
    """What is told of a message that cannot be copied any more: its words, and that something is missing."""
    if message.kind == "text":
        return said(message.text)
    missing = t("<i>There was a file with it that was taken back before it could be passed on.</i>")
    return Markup("\n\n").join(filter(None, (said(message.text), missing)))


def _head(t: Translator, name: str, order_number: str | None) -> Markup:
    who = Markup("<b>{name}</b>").format(name=name) if name else Markup("")
    about = t("🧾 Order <code>{number}</code>", number=order_number) if order_number else Markup("")
    return Markup(" · ").join(filter(None, (who, about)))
