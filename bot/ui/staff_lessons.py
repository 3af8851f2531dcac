"""The staff teaches the shop which messages ask for a parcel."""

from markupsafe import Markup

from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen
from bot.ui.staff_support import card_text, said_by_customer
from bot.ui.staff_support_callbacks import GiveLesson, ShowThread
from store.support_threads import ThreadView


def lesson_screen(thread: ThreadView, t: Translator, zone: str) -> Screen:
    """The card, with the customer's words and the question what they want."""
    question = t(
        "<b>Do these words ask where a parcel is?</b>\nNext time the shop answers such words by itself, or no longer does."
    )
    text = Markup("\n\n").join([card_text(thread, t, zone), said_by_customer(thread, t), question])
    yes, no = (
        Button(label, GiveLesson(thread_id=thread.id, message_id=thread.last_question_id, asks=asks))
        for label, asks in ((t.label("📦 Yes, a parcel"), True), (t.label("No, something else"), False))
    )
    return Screen(text, ((yes, no), (Button(t.label("← Back"), ShowThread(thread_id=thread.id)),)))
