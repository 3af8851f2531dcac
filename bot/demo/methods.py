"""Every Bot API method that the Telegram in memory knows, by its lower-case name."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bot.demo import methods_chats as chats
from bot.demo import methods_edit as edit
from bot.demo import methods_inline as inline
from bot.demo import methods_invoices as invoices
from bot.demo import methods_media as media
from bot.demo import methods_payments as payments
from bot.demo import methods_profile as profile
from bot.demo import methods_send as send
from bot.demo import methods_topics as topics
from bot.demo import methods_updates as updates
from bot.demo.methods_params import Params

if TYPE_CHECKING:
    from bot.demo.world import World

Method = Callable[["World", Params], Any | Awaitable[Any]]

_NAMED: dict[str, Method] = {
    "getMe": profile.get_me,
    "sendMessage": send.send_message,
    "sendPhoto": send.send_photo,
    "sendDocument": send.send_document,
    "sendMediaGroup": send.send_media_group,
    "sendChatAction": send.send_chat_action,
    "copyMessage": send.copy_message,
    "editMessageText": edit.edit_message_text,
    "editMessageCaption": edit.edit_message_caption,
    "editMessageMedia": edit.edit_message_media,
    "editMessageReplyMarkup": edit.edit_message_reply_markup,
    "deleteMessage": edit.delete_message,
    "deleteMessages": edit.delete_messages,
    "answerCallbackQuery": edit.answer_callback_query,
    "answerInlineQuery": inline.answer_inline_query,
    "answerPreCheckoutQuery": payments.answer_pre_checkout_query,
    "answerShippingQuery": payments.answer_shipping_query,
    "sendInvoice": invoices.send_invoice,
    "createInvoiceLink": invoices.create_invoice_link,
    "refundStarPayment": invoices.refund_star_payment,
    "getStarTransactions": invoices.get_star_transactions,
    "getMyStarBalance": invoices.get_my_star_balance,
    "pinChatMessage": edit.pin_chat_message,
    "unpinChatMessage": edit.unpin_chat_message,
    "getFile": media.get_file,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "createForumTopic": topics.create_forum_topic,
    "editForumTopic": topics.edit_forum_topic,
    "closeForumTopic": topics.close_forum_topic,
    "reopenForumTopic": topics.reopen_forum_topic,
    "deleteForumTopic": topics.delete_forum_topic,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
    "getUpdates": updates.get_updates,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
}

METHODS: dict[str, tuple[str, Method]] = {name.lower(): (name, act) for name, act in _NAMED.items()}
"""Telegram does not care about the case of a method's name; the value holds it as documented."""


def is_of_the_bot_api(method: str) -> bool:
    """Whether the real server knows a method of this name."""
    from aiogram import methods  # its import takes seconds, and only a mistake needs it

    return method.lower() in {name.lower() for name in methods.__all__}
