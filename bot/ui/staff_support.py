"""A customer's thread as the staff sees it: its card, the list of the open ones, saved replies."""

import zlib
from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from bot.ui.buttons import filled, in_rows, shortened
from bot.ui.format import moment
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop, translator
from bot.ui.screen import Button, Original, Rows, Screen, Style
from bot.ui.staff_support_callbacks import (
    AskDropReply,
    AskLesson,
    CallThread,
    ChooseReply,
    ClaimThread,
    CloseThread,
    DropReply,
    ListReplies,
    ListThreads,
    ReadReply,
    ReopenThread,
    SendReply,
    ShowCustomer,
    ShowOrderCard,
    ShowThread,
)
from bot.ui.support import in_words, said
from store import typed
from store.models import SavedReply, SupportMessage
from store.saved_replies import Filled
from store.support_threads import ThreadsPage, ThreadView

EXCERPT = 160
REPLIES_SHOWN = 12


def thread_card_screen(thread: ThreadView, t: Translator, zone: str) -> Screen:
    """The card, with what can be done about the thread now."""
    return Screen(card_text(thread, t, zone), _steps(thread, t))


def called_screen(thread: ThreadView, t: Translator, zone: str) -> Screen:
    """The card once more, with the customer's latest words: somebody wants to write, and it was far up."""
    words = [said_by_customer(thread, t)] if thread.last_kind else []
    text = Markup("\n\n").join([card_text(thread, t, zone), *words])
    return Screen(text, _steps(thread, t), fresh=True)


def card_text(thread: ThreadView, t: Translator, zone: str) -> Markup:
    parts = [
        t("💬 <b>Question {number}</b> · {state}", number=thread.id, state=_state(thread, t, zone)),
        Markup("👤 {name} · {language}").format(name=_name(thread), language=_language(thread)),
    ]
    if thread.order_number:
        parts.append(t("🧾 Order <code>{number}</code>", number=thread.order_number))
    if thread.claimed_name and thread.is_open:
        parts.append(t("🙋 {name} is on it", name=thread.claimed_name))
    if thread.is_blocked:
        parts.append(t("⚠️ The customer has blocked the bot: nothing reaches them."))
    parts.append(t("↩️ Reply to this message, or to one of the customer's: it goes to {name}.", name=_name(thread)))
    return Markup("\n").join(parts)


def _state(thread: ThreadView, t: Translator, zone: str) -> Markup:
    if not thread.is_open:
        return t("🔒 closed by {name}", name=thread.closed_by or "–")
    if thread.waiting_since is not None:
        return t("⏳ waits since {time}", time=moment(thread.waiting_since, t.language, zone))
    if thread.answered_by:
        when = moment(thread.last_at, t.language, zone)
        return t("✅ {name} answered, {time}", name=thread.answered_by, time=when)
    return t("🟢 open")


def _name(thread: ThreadView) -> str:
    return thread.customer_name or f"#{thread.customer_id}"


def _language(thread: ThreadView) -> str:
    return LANGUAGE_NAMES[translator(thread.language).language]


_KIND = {
    "photo": noop("a picture"),
    "document": noop("a file"),
    "voice": noop("a voice message"),
    "video": noop("a video"),
    "video_note": noop("a video"),
    "animation": noop("a video"),
    "audio": noop("a sound file"),
    "sticker": noop("a sticker"),
    "contact": noop("a contact"),
    "location": noop("a place on the map"),
    "venue": noop("a place on the map"),
}


def said_by_customer(thread: ThreadView, t: Translator) -> Markup:
    """The customer's latest words, in short."""
    return Markup("<blockquote>{}</blockquote>").format(_excerpt(thread, t, EXCERPT))


def _excerpt(thread: ThreadView, t: Translator, maximum: int) -> str:
    if words := typed.readable(thread.last_question, maximum=maximum):
        return words
    return f"[{t(_KIND[thread.last_kind])}]" if thread.last_kind in _KIND else "…"


def _steps(thread: ThreadView, t: Translator) -> Rows:
    order = (
        (Button(t.label("🧾 Order card"), ShowOrderCard(order_id=thread.order_id)),)
        if thread.order_id is not None
        else ()
    )
    if not thread.is_open:
        return filled(((Button(t.label("🔓 Open again"), ReopenThread(thread_id=thread.id)), *order),))
    return filled(
        (
            (
                Button(t.label("🙋 I am on it"), ClaimThread(thread_id=thread.id)),
                Button(t.label("📋 Saved replies"), ChooseReply(thread_id=thread.id)),
            ),
            (*order, Button(t.label("👤 Customer"), ShowCustomer(thread_id=thread.id))),
            (Button(t.label("🎓 About a parcel?"), AskLesson(thread_id=thread.id)),) if thread.last_question else (),
            (Button(t.label("🔒 Close"), CloseThread(thread_id=thread.id)),),
        )
    )


def question_screen(message: SupportMessage, name: str, t: Translator, *, quotes: int | None) -> Screen:
    """What the customer has written, copied as it is below the thread's card."""
    if message.chat_id is None or message.message_id is None:
        return Screen(said(message.text), answers=quotes)
    gone = Markup("\n").join((Markup("<b>{name}</b>").format(name=name), in_words(message, t)))
    original = Original(message.chat_id, message.message_id, message.kind, gone)
    return Screen(said(message.text), original=original, answers=quotes)


def saved_reply_screen(message: SupportMessage, *, quotes: int | None) -> Screen:
    """What somebody has sent to the customer without typing it."""
    text = Markup("📋 {}\n<blockquote>{}</blockquote>").format(message.author_name, message.text)
    return Screen(text, answers=quotes, silent=True)


def lost_screen(thread: ThreadView, t: Translator, *, quotes: int | None) -> Screen:
    text = t("⚠️ This did not reach {name}.", name=_name(thread))
    if thread.is_blocked:
        text += t("\nThe customer has blocked the bot.")
    # As a message of its own: nobody's words are behind this one, so that a reply to it reaches nobody.
    return Screen(text, ((Button(t.label("Show the question"), CallThread(thread_id=thread.id)),),), answers=quotes)


def waits_screen(thread: ThreadView, since: datetime, t: Translator, zone: str, *, quotes: int | None) -> Screen:
    text = t(
        "⏰ <b>Question {number}</b> of {name} has been waiting for an answer since {time}.",
        number=thread.id,
        name=_name(thread),
        time=moment(since, t.language, zone),
    )
    text = Markup("\n").join((text, said_by_customer(thread, t)))
    return Screen(text, ((Button(t.label("🙋 I am on it"), ClaimThread(thread_id=thread.id)),),), answers=quotes)


def threads_screen(page: ThreadsPage, t: Translator, zone: str) -> Screen:
    """The open threads. A press brings one to the bottom of the staff chat."""
    if not page.threads:
        return Screen(t("<b>No open questions.</b>\nWhat customers ask with /support shows up here."))
    lines = [_entry(thread, t, zone) for thread in page.threads]
    buttons = [
        Button(shortened(f"{thread.id} · {_name(thread)}"), CallThread(thread_id=thread.id)) for thread in page.threads
    ]
    turning = []
    if page.page > 0:
        turning.append(Button(t.label("◀ Previous"), ListThreads(page=page.page - 1)))
    if page.page < page.pages - 1:
        turning.append(Button(t.label("Next ▶"), ListThreads(page=page.page + 1)))
    return Screen(
        Markup("\n\n").join([t("<b>Open questions</b>"), *lines]), filled((*in_rows(buttons, 2), tuple(turning)))
    )


def _entry(thread: ThreadView, t: Translator, zone: str) -> Markup:
    head = Markup("<b>{}</b> · {} · {}").format(thread.id, _name(thread), _state(thread, t, zone))
    claimed = Markup("🙋 {name}").format(name=thread.claimed_name) if thread.claimed_name else Markup("")
    words = said(_excerpt(thread, t, 80))
    return Markup("\n").join(filter(None, (head, claimed, words)))


def choose_reply_screen(
    thread: ThreadView, replies: Sequence[SavedReply], t: Translator, zone: str, *, page: int = 0
) -> Screen:
    """The card, with the saved replies to choose from."""
    back = (Button(t.label("← Back"), ShowThread(thread_id=thread.id)),)
    if not replies:
        text = t("No saved replies yet. <code>/save Title</code>, and the text from the next line on, keeps one.")
        return Screen(Markup("\n\n").join((card_text(thread, t, zone), text)), (back,))
    pages = -(-len(replies) // REPLIES_SHOWN)
    page = min(page, pages - 1)
    shown = replies[page * REPLIES_SHOWN : (page + 1) * REPLIES_SHOWN]
    buttons = [Button(shortened(each.title), ReadReply(thread_id=thread.id, reply_id=each.id)) for each in shown]
    more = (Button(t.label("Next ▶"), ChooseReply(thread_id=thread.id, page=(page + 1) % pages)),) if pages > 1 else ()
    text = Markup("\n\n").join((card_text(thread, t, zone), t("<b>Which reply?</b> You read it before it is sent.")))
    return Screen(text, filled((*in_rows(buttons, 2), more, back)))


_MISSING = {
    "name": noop("The customer has no name: {{name}} stays empty."),
    "order": noop("The question is about no order: {{order}} stays empty."),
    "tracking": noop("There is no tracking number: {{tracking}} stays empty."),
}


def read_reply_screen(thread: ThreadView, reply: Filled, t: Translator) -> Screen:
    """The reply as the customer would read it. What has a gap cannot be sent."""
    parts = [
        t("<b>To {name}:</b>", name=_name(thread)),
        Markup("<blockquote>{words}</blockquote>").format(words=reply.text),
        *(t(_MISSING[name]) for name in reply.missing),
    ]
    back = Button(t.label("← Back"), ChooseReply(thread_id=thread.id))
    if reply.missing:
        return Screen(Markup("\n").join(parts), ((back,),))
    send = SendReply(
        thread_id=thread.id, reply_id=reply.reply_id, seen=digest(reply.text), after=thread.last_message_id
    )
    return Screen(Markup("\n").join(parts), ((back, Button(t.label("Send"), send, style=Style.SUCCESS)),))


def digest(text: str) -> int:
    """32 bits by which a text is known again."""
    return zlib.crc32(text.encode())


def replies_screen(replies: Sequence[SavedReply], t: Translator) -> Screen:
    """What is saved, to look after it."""
    how = t(
        "<code>/save Title</code>, and the text from the next line on, keeps a reply; the same title again changes it.\n"
        "In the text {{name}}, {{order}} and {{tracking}} are filled in.\n"
        "A title with a question mark before it, such as <code>?Delivery</code>, is shown to every customer who wants to ask; "
        "<code>?ru Доставка</code> only to those who speak Russian."
    )
    if not replies:
        return Screen(Markup("\n\n").join((t("<b>No saved replies yet</b>"), how)))
    lines = [
        Markup("<b>{title}</b>\n{words}").format(title=each.title, words=shortened(each.text, 80)) for each in replies
    ]
    buttons = [Button(shortened(f"🗑 {each.title}"), AskDropReply(reply_id=each.id)) for each in replies]
    return Screen(Markup("\n\n").join([t("<b>Saved replies</b>"), *lines, how]), in_rows(buttons, 2))


def ask_drop_screen(reply: SavedReply, t: Translator) -> Screen:
    text = t("<b>Drop the saved reply {title}?</b>\n{words}", title=reply.title, words=shortened(reply.text, 300))
    keep = Button(t.label("Keep it"), ListReplies())
    return Screen(text, ((keep, Button(t.label("Drop it"), DropReply(reply_id=reply.id), style=Style.DANGER)),))


def only_staff_screen(t: Translator) -> Screen:
    """For somebody in the group who is not of the shop: said once."""
    return Screen(t("Only the shop's people can answer customers from here."), fresh=True)
