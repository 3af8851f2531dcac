"""The providers that the sandbox bank can play: their colours, words and steps, but no mark of theirs. A table, and nothing but."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.ui.i18n import noop


@dataclass(frozen=True, slots=True)
class Step:
    """One screen on the way. `rows` are names and what stands behind them, in which {shop}, {amount} and {reference} stand for themselves."""

    title: str
    rows: tuple[tuple[str, str], ...]
    go: str
    has_password: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """`bar` and `go` are colours, white text stands on them with enough contrast; `paper` is behind the card; `no` is how a buyer turns back."""

    bar: str
    go: str
    paper: str
    steps: tuple[Step, ...]
    no: str
    done: str
    refused: str = noop("The payment was cancelled. No money has moved.")
    has_code: bool = False
    is_wide: bool = False


_PASSWORD = noop("Enter your payment password")
_FROM_BALANCE = (noop("Pay with"), noop("Balance (sandbox)"))

MANNERS: Mapping[str, Manner] = {
    "alipay": Manner(
        bar="#0f5fd7",
        go="#0f5fd7",
        paper="#eef3fb",
        steps=(
            Step(
                noop("Confirm the payment"),
                ((noop("Payee"), "{shop}"), _FROM_BALANCE, (noop("Order number"), "{reference}")),
                noop("Confirm the payment"),
            ),
            Step(_PASSWORD, ((noop("Amount"), "{amount}"),), noop("Pay now"), has_password=True),
        ),
        no=noop("Leave the cashier"),
        done=noop("Payment successful"),
        has_code=True,
    ),
    "wechat": Manner(
        bar="#2b2f2d",
        go="#067a3f",
        paper="#ededed",
        steps=(
            Step(noop("Pay to {shop}"), (_FROM_BALANCE,), noop("Pay")),
            Step(_PASSWORD, ((noop("Pay to {shop}"), "{amount}"),), noop("Confirm"), has_password=True),
        ),
        no=noop("Cancel the payment"),
        done=noop("Payment successful"),
        has_code=True,
    ),
    "paypal": Manner(
        bar="#00296b",
        go="#0063b2",
        paper="#f5f7fa",
        steps=(
            Step(
                noop("Log in to your account"),
                ((noop("Email"), "buyer@example.com"),),
                noop("Log in"),
                has_password=True,
            ),
            Step(
                noop("Review your purchase"),
                ((noop("Merchant"), "{shop}"), _FROM_BALANCE, (noop("Total"), "{amount}")),
                noop("Complete the purchase"),
            ),
        ),
        no=noop("Cancel and return to the shop"),
        done=noop("You are all set: the shop has your money"),
    ),
    "stripe": Manner(
        bar="#4a42d4",
        go="#4a42d4",
        paper="#f6f8fa",
        steps=(
            Step(
                noop("Pay with card"),
                ((noop("Card"), noop("Test card •••• 4242")), (noop("Name on the card"), noop("Sandbox buyer"))),
                noop("Pay {amount}"),
            ),
            Step(
                noop("Your bank asks: is it you?"),
                ((noop("Merchant"), "{shop}"), (noop("Amount"), "{amount}")),
                noop("Yes, approve"),
            ),
        ),
        no=noop("The bank refuses the card"),
        done=noop("Thanks for your payment"),
        refused=noop("The card was declined. No money has moved."),
        is_wide=True,
    ),
}
