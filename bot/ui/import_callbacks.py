"""What the buttons below a file of goods carry."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import RowId


class ApplyImport(CallbackData, prefix="sia"):
    import_id: RowId


class CancelImport(CallbackData, prefix="sic"):
    import_id: RowId


class FetchPictures(CallbackData, prefix="sif"):
    import_id: RowId


class ShowImport(CallbackData, prefix="sis"):
    import_id: RowId


class ShowGoodsFile(CallbackData, prefix="sig"):
    pass


class ExportForm(StrEnum):
    """TEMPLATE is an example to begin with."""

    CSV = "csv"
    XLSX = "xlsx"
    TEMPLATE = "template"


class ExportGoods(CallbackData, prefix="sie"):
    form: ExportForm
