"""Countries and addresses as people read them."""

from collections.abc import Mapping
from typing import Any

from babel import Locale

_BABEL = {"zh": "zh_Hans"}


def country_name(code: str, language: str) -> str:
    """PT, ru → Португалия; an unknown code as it is."""
    return str(Locale.parse(_BABEL.get(language, language)).territories.get(code, code))


def address_text(address: Mapping[str, Any], language: str) -> str:
    """One line, the smallest first: Rua Augusta 1, 1100-048 Lisboa, Portugal."""
    town = " ".join(filter(None, (address.get("postcode"), address.get("city"))))
    country = country_name(str(address.get("country") or ""), language)
    return ", ".join(filter(None, (address.get("street"), town, address.get("region"), country)))
