"""What the staff's buttons about money carry."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import RowId


class Decision(StrEnum):
    AGAIN = "a"
    DONE = "d"


class ShowPayments(CallbackData, prefix="pst"):
    order_id: RowId


class DecideFact(CallbackData, prefix="pqd"):
    """What becomes of a fact in quarantine."""

    fact_id: RowId
    decision: Decision
