"""What the buttons that repeat an order carry."""

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import RowId


class OrderAgain(CallbackData, prefix="dg"):
    order_id: RowId
