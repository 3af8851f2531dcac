"""What the buttons carry by which a customer speaks with the people of the shop."""

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import RowId


class AskSupport(CallbackData, prefix="u"):
    """Whatever is written next goes to the people of the shop."""


class AskAboutOrder(CallbackData, prefix="ua"):
    order_id: RowId


class CloseQuestion(CallbackData, prefix="uc"):
    """The customer needs no answer any more."""


class ShowFaq(CallbackData, prefix="uf"):
    """What the shop is asked often, with its answer."""

    reply_id: RowId
