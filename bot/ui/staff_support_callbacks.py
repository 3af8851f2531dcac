"""What the buttons below a thread carry in the staff chat. Who may press is asked at every press."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.ui.callbacks import PageNumber, RowId

# Which text was read before it was sent: 32 bits of its digest.
Seen = Annotated[int, Field(ge=0, le=2**32 - 1)]


class ShowThread(CallbackData, prefix="su"):
    thread_id: RowId


class ListThreads(CallbackData, prefix="sul"):
    page: PageNumber = 0


class CallThread(CallbackData, prefix="sub"):
    """The thread is wanted at the bottom of the staff chat, to be answered there."""

    thread_id: RowId


class ClaimThread(CallbackData, prefix="sua"):
    thread_id: RowId


class CloseThread(CallbackData, prefix="sux"):
    thread_id: RowId


class ReopenThread(CallbackData, prefix="suo"):
    thread_id: RowId


class MessageBuyer(CallbackData, prefix="sum"):
    """Somebody wants to write to the buyer of an order."""

    order_id: RowId


class ShowOrderCard(CallbackData, prefix="suc"):
    """The order's card as a message of its own: the thread stays where it is."""

    order_id: RowId


class ShowCustomer(CallbackData, prefix="suk"):
    """Who asks: what they bought, what lies in their cart."""

    thread_id: RowId


class ChooseReply(CallbackData, prefix="sur"):
    thread_id: RowId
    page: PageNumber = 0


class ReadReply(CallbackData, prefix="sup"):
    """A saved reply as this customer would get it, to be read before it is sent."""

    thread_id: RowId
    reply_id: RowId


class SendReply(CallbackData, prefix="sus"):
    """*seen* is the text that was read, *after* the thread's last message then: a second press, or news meanwhile, asks again."""

    thread_id: RowId
    reply_id: Annotated[int, Field(ge=1, le=2**31 - 1)]
    seen: Seen
    after: Annotated[int, Field(ge=0, le=2**53)]


class AskLesson(CallbackData, prefix="suq"):
    """Whether the customer's latest words ask for a parcel: the shop learns it."""

    thread_id: RowId


class GiveLesson(CallbackData, prefix="sug"):
    """*message_id* are the words that were read; absolute, so that a second press says the same."""

    thread_id: RowId
    message_id: RowId
    asks: bool


class AskDropReply(CallbackData, prefix="sud"):
    reply_id: RowId


class DropReply(CallbackData, prefix="suy"):
    reply_id: RowId


class ListReplies(CallbackData, prefix="sun"):
    """The saved replies, to look after them."""
