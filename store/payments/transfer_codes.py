"""What is typed into, or scanned by, a bank's form: an order as a creditor reference, an IBAN, and the code of a European transfer. Pure.

Sources: ISO 11649 (creditor reference), ISO 13616 (IBAN), both with the check digits of ISO 7064 MOD 97-10; EPC069-12 (the QR code).
"""

import re

from store.money import to_decimal

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_NAME_MAX = 70


def reference(merchant_ref: str) -> str:
    """The order's number with two check digits: RF and 14 or so characters that a bank's form checks, and a person can read out.

    An attempt's own reference is too long to type; whoever writes the money down finds the order by its number.
    """
    number = re.sub(r"[^0-9A-Z]", "", merchant_ref.partition("-")[0].upper())[:21]
    return f"RF{98 - _remainder(f'{number}RF00'):02d}{number}"


def order_number(text: str) -> str | None:
    """The order's number in a creditor reference, however it is spaced; None when it is none, or mistyped."""
    compact = re.sub(r"[\s.-]", "", text).upper()
    if not _REFERENCE.fullmatch(compact) or _remainder(compact[4:] + compact[:4]) != 1:
        return None
    return compact[4:]


def spaced(text: str) -> str:
    """In groups of four, as banks print it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def is_iban(iban: str) -> bool:
    return _IBAN.fullmatch(iban) is not None and _remainder(iban[4:] + iban[:4]) == 1


def credit_transfer(
    *, holder: str, iban: str, bic: str | None, amount_minor: int, creditor_reference: str
) -> str | None:
    """The text of the code; None for a sum that no such transfer can have."""
    if not 1 <= amount_minor <= 99_999_999_999:
        return None
    # Version 2 needs no BIC within the European Economic Area; lines end with the last one that says something.
    lines = ("BCD", "002", "1", "SCT", bic or "", holder[:_NAME_MAX], iban, f"EUR{to_decimal(amount_minor, 'EUR')}", "")
    return "\n".join((*lines, creditor_reference))


def _remainder(text: str) -> int:
    """Letters count from A = 10."""
    return int("".join(str(int(character, 36)) for character in text)) % 97
