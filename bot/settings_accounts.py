"""Accounts at providers of payment and of parcels, as a merchant sets them: `NAME__ACCOUNT__FIELD=…`, any number of accounts of each."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

MAIN = "main"

# Part of a notification's address and of a button.
Label = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,11}$", to_lower=True)]


class Account(BaseModel):
    """What one account at one provider needs. A misspelt field is an error, never ignored; no value stands in an error's text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


A = TypeVar("A", bound=Account)
Accounts = Mapping[Label, A]


def provider_name(provider: str, label: str) -> str:
    """What the account's gateway or carrier is called in addresses, buttons and rows: the first is the provider's own name."""
    return provider if label == MAIN else f"{provider}_{label}"
