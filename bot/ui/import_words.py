"""What is wrong with a file of goods, in sentences that say what to do. Imports no aiogram: the command line says the same."""

from collections.abc import Iterable, Iterator, Mapping

from bot.ui.errors import IN_CASH_ONLY, NOT_TAKEN
from bot.ui.i18n import Translator, noop
from store.importing.report import Report
from store.importing.trouble import Trouble, What

WORDS: Mapping[What, str] = {
    What.EMPTY: noop("There is nothing in the file below its first row. Add the goods, one row for each variant."),
    What.TOO_LARGE: noop("The file is larger than {megabytes} MB. Split it, and import the parts one after another."),
    What.NOT_A_TABLE: noop("This is a {kind} file, whatever its name says. Save the table as CSV (UTF-8) or .xlsx."),
    What.OLD_EXCEL: noop("This is an old or password-protected Excel file. Save it as .xlsx without a password."),
    What.MACROS: noop("The workbook contains macros, which are never run here. Save it as .xlsx, without macros."),
    What.BROKEN_WORKBOOK: noop("The workbook is damaged. Open it, save it again as .xlsx, and send that file."),
    What.INFLATED_WORKBOOK: noop(
        "The workbook unpacks to far more than goods would need. Copy the rows into a new workbook and send that."
    ),
    What.NOT_UTF8: noop(
        "The text is not in UTF-8 from here on. In Excel choose “CSV UTF-8” when saving, or send the file as .xlsx."
    ),
    What.NUL: noop(
        "There is a zero byte here, so this is not the text of a table. Save the table anew as CSV (UTF-8)."
    ),
    What.UNCLOSED_QUOTE: noop('A text begins with " here and has no end. Close the quotes, or write "" inside a text.'),
    What.TOO_MANY_ROWS: noop("There are more than {maximum} rows. Split the file, or delete the empty rows below."),
    What.TOO_MANY_COLUMNS: noop("There are more than {maximum} columns. Delete those that are not needed."),
    What.CELL_TOO_LONG: noop("A cell is longer than a cell can be. Look for a missing quote or shorten the text."),
    What.NO_HEADER: noop(
        "The first row names no column that is known here, but “{text}”. Begin with handle, title, price, …; commas or semicolons part them."
    ),
    What.MISSING_COLUMN: noop("There is no column {column}. It says which rows are one product: add it."),
    What.UNKNOWN_COLUMN: noop("No column is called {column}. Rename it or take it out."),
    What.COLUMN_TWICE: noop("The column {column} is there twice. Keep one of the two."),
    What.EXTRA_CELLS: noop(
        "The row has cells where the first row has no name. Probably a comma stands outside quotes."
    ),
    What.MISSING: noop("{column} is empty. A new product needs it."),
    What.TOO_LONG: noop("{column} has {length} characters, {maximum} are possible. Shorten it."),
    What.UNREADABLE: noop("{column} has characters that cannot be shown. Type the text again."),
    What.NOT_AN_AMOUNT: noop("{column} is “{text}”. Write a number such as 19.99, without a currency sign."),
    What.NOT_A_NUMBER: noop("{column} is “{text}”. Write a whole number such as 12."),
    What.NEGATIVE: noop("{column} is less than zero. Write zero or more."),
    What.TOO_BIG: noop("{column} is more than the {maximum} that are possible."),
    What.WRONG_CURRENCY: noop("The currency is {text}, but the shop sells in {currency}. Convert the prices first."),
    What.NOT_ONE_OF: noop("{column} is “{text}”. It can be: {choices}."),
    What.FORMULA_ERROR: noop("{column} shows {text} instead of a value. Mend the formula."),
    What.BAD_PICTURE: noop(
        "“{text}” is no picture. Write the name of a file in the picture folder, or an address that begins with https://."
    ),
    What.DIFFERS: noop("{column} differs from line {line}, which is the same product. Leave it blank here."),
    What.HANDLE_APART: noop("{handle} was there already, from line {line} on. Put all rows of a product together."),
    What.SKU_TWICE: noop("The SKU {sku} stands in line {line} already. Each variant has its own."),
    What.SAME_OPTION: noop("The variant has the same option as line {line}. Say what sets them apart."),
    What.TOO_MANY_VARIANTS: noop("The product has more than {maximum} variants. Make several products of it."),
    What.NO_CONTENT: noop(
        "A digital product needs digital_content, which its buyers get. Fill it in, or set status to draft."
    ),
    What.STARS_FOR_PARCELS: noop(
        "{column} is a price in Stars, which pay for digital goods only, and {handle} is delivered. Empty the cell."
    ),
    What.SKU_ELSEWHERE: noop("The SKU {sku} belongs to {handle} in the shop. Choose another, or correct the handle."),
    What.KIND_CHANGED: noop("The product is {kind} in the shop and stays so. Make a new product with another handle."),
    What.PROMISED: noop("Orders have set aside {minimum} of {sku}: the stock cannot be less."),
    What.TOO_MANY_CATEGORIES: noop("More than {maximum} categories do not fit into a menu. Use fewer."),
    What.GIFT_CARD: noop("{handle} is a gift card and was left out."),
    What.NEGATIVE_STOCK: noop("The stock was less than zero and is taken for none."),
    What.SHORTENED: noop("{column} was shortened to {maximum} characters."),
    What.PICTURE_LEFT_OUT: noop("The address of a picture cannot be used and was left out."),
    What.DRAFT_WITHOUT_CONTENT: noop("A digital product without anything to send stays a draft."),
    What.NOT_TAKEN: NOT_TAKEN,
    What.IN_CASH_ONLY: IN_CASH_ONLY,
}
# What a whole file of the same mistakes is shortened to.
TOLD = 10


def sentence(trouble: Trouble, t: Translator) -> str:
    """Plain text, with its place in front."""
    told = t.label(WORDS[trouble.what], **{"column": trouble.column, **trouble.values})
    if suggestion := trouble.values.get("suggestion"):
        told = t.label("{told} Did you mean {suggestion}?", told=told, suggestion=suggestion)
    return t.label("Line {line}: {told}", line=trouble.line, told=told) if trouble.line else told


def sentences(troubles: Iterable[Trouble], t: Translator, *, most: int = TOLD) -> Iterator[str]:
    for n, trouble in enumerate(troubles):
        if n == most:
            return
        yield sentence(trouble, t)


def counted(report: Report, t: Translator) -> Iterator[str]:
    """What a report has come to, in plain lines."""
    products, variants = report.products, report.variants
    yield t.label(
        "Products: {new} new, {changed} changed, {same} as they are",
        new=products.new,
        changed=products.changed,
        same=products.same,
    )
    yield t.label(
        "Variants: {new} new, {changed} changed, {same} as they are",
        new=variants.new,
        changed=variants.changed,
        same=variants.same,
    )
    if report.categories:
        yield str(t.n("{n} new category", "{n} new categories", report.categories))
