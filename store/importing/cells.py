"""One cell, understood. Raises: BadCell everywhere."""

import re
import unicodedata

from store.importing.goods import PICTURE_MAX, PICTURES_MAX
from store.importing.trouble import BadCell, What
from store.money import PRICE_MAX_MINOR, exponent, to_minor
from store.typed import is_readable

PICTURES_PARTED_BY = "|"
# What a spreadsheet takes for the beginning of a formula. Source: OWASP, CSV injection; the wide forms are what some locales type.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ESCAPED = re.compile(r"'+(?=[=+\-@\t\r\n＝＋－＠])")
_FORMULA_ERRORS = {"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
_NUMBER = re.compile(r"[0-9]{1,20}(?:[.,]0{1,2})?")
_AMOUNT = re.compile(r"[0-9 .,]{1,30}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ .,][0-9]{3})+")
_YES = {"yes", "true", "1", "да", "是"}
_NO = {"no", "false", "0", "нет", "否", ""}


def escaped(text: str) -> str:
    """As it may stand in a spreadsheet: what would be a formula begins with an apostrophe. `plain` takes it away again, and no other."""
    return f"'{text}" if text.lstrip("'").startswith(TRIGGERS) else text


def plain(cell: str) -> str:
    """The text itself. Raises: BadCell for what a spreadsheet shows in place of a value."""
    if cell in _FORMULA_ERRORS:
        raise BadCell(What.FORMULA_ERROR, text=cell)
    return cell[1:] if _ESCAPED.match(cell) else cell


def line(cell: str, maximum: int) -> str:
    """One line of readable text, possibly empty."""
    text = " ".join(unicodedata.normalize("NFC", plain(cell)).split())
    return _checked(text, maximum)


def text(cell: str, maximum: int) -> str:
    """Readable text of several lines, possibly empty."""
    whole = unicodedata.normalize("NFC", plain(cell)).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _checked(whole.strip(), maximum)


def _checked(clean: str, maximum: int) -> str:
    if len(clean) > maximum:
        raise BadCell(What.TOO_LONG, maximum=maximum, length=len(clean))
    if not all(character == "\n" or is_readable(character) for character in clean):
        raise BadCell(What.UNREADABLE)
    return clean


def whole(cell: str, maximum: int) -> int:
    """ "12", and "12.0" as a spreadsheet may write it."""
    found = plain(cell).replace("\u00a0", "").replace(" ", "")
    if found.startswith(("-", "−")) and _NUMBER.fullmatch(found[1:]):
        raise BadCell(What.NEGATIVE)
    if not _NUMBER.fullmatch(found):
        raise BadCell(What.NOT_A_NUMBER, text=_quoted(cell))
    number = int(re.split("[.,]", found)[0])
    if number > maximum:
        raise BadCell(What.TOO_BIG, maximum=maximum)
    return number


def amount_minor(cell: str, currency: str) -> int:
    """ "19.99", "19,99", "1 299.00" or "1.299,00" in minor units. "1,299" alone could be two amounts, a thousand apart: it is refused."""
    found = plain(cell).replace("\u00a0", " ").replace("\u202f", " ").strip()
    if found.startswith(("-", "−")):
        raise BadCell(What.NEGATIVE)
    if not _AMOUNT.fullmatch(found):
        raise BadCell(What.NOT_AN_AMOUNT, text=_quoted(cell))
    try:
        minor = to_minor(_with_a_point(found, exponent(currency)), currency)
    except ValueError:
        raise BadCell(What.NOT_AN_AMOUNT, text=_quoted(cell)) from None
    if minor > PRICE_MAX_MINOR:
        raise BadCell(What.TOO_BIG, maximum=PRICE_MAX_MINOR // 10 ** exponent(currency))
    return minor


def _with_a_point(found: str, decimals: int) -> str:
    """Raises: ValueError."""
    at = max(found.rfind("."), found.rfind(","))
    before, after = (found, "") if at < 0 else (found[:at], found[at + 1 :])
    # With three decimals a point parts the fraction, as in what is exported; a comma may be either.
    is_unclear = decimals != 3 or (found[at] == "," and _GROUPED.fullmatch(found) is not None and before[0] != "0")
    if after and len(after) == 3 and is_unclear and " " not in before:
        raise ValueError("a thousand or a fraction")
    if not before.isdigit() and not _GROUPED.fullmatch(before):
        raise ValueError("no number")
    digits = re.sub("[ .,]", "", before)
    return f"{digits}.{after}" if after else digits


def is_yes(cell: str) -> bool:
    found = plain(cell).casefold()
    if found not in _YES | _NO:
        raise BadCell(What.NOT_ONE_OF, choices="yes, no", text=_quoted(cell))
    return found in _YES


def one_of(cell: str, choices: tuple[str, ...]) -> str:
    found = plain(cell).casefold()
    if found not in choices:
        raise BadCell(What.NOT_ONE_OF, choices=", ".join(choices), text=_quoted(cell))
    return found


def pictures(cell: str) -> list[str]:
    """Names below the picture folder, or web addresses, parted by `|`."""
    found = [line(part, 10_000) for part in plain(cell).split(PICTURES_PARTED_BY)]
    names = list(dict.fromkeys(name for name in found if name))
    for name in names:
        if len(name) > PICTURE_MAX:
            raise BadCell(What.TOO_LONG, maximum=PICTURE_MAX, length=len(name))
        if not _is_picture(name):
            raise BadCell(What.BAD_PICTURE, text=_quoted(name))
    if len(names) > PICTURES_MAX:
        raise BadCell(What.TOO_BIG, maximum=PICTURES_MAX)
    return names


def is_link(picture: str) -> bool:
    return picture.lower().startswith(("https://", "http://"))


def _is_picture(name: str) -> bool:
    """`file:///etc/passwd` and `../../etc/passwd` are neither."""
    is_path = "://" not in name and not name.startswith(("/", "\\")) and ".." not in re.split(r"[/\\]", name)
    return is_link(name) or (is_path and ":" not in name)


def _quoted(cell: str) -> str:
    """Enough of it to be found again."""
    return " ".join("".join(c if c.isprintable() else " " for c in cell).split())[:40]
