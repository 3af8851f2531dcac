"""Paying with every provider that the demo's bank plays, each on a page in its own manner, and getting the money back."""

import os
import re

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.browser.conftest import ROOT, Opens
from tests.browser.sight import DemoPage

PICTURES = ROOT / "build" / "pictures"
# How it is called in the chat, and what is pressed on the way.
WAYS: dict[str, tuple[str | re.Pattern[str], ...]] = {
    "Alipay": ("Confirm the payment", "Pay now"),
    "WeChat Pay": ("Pay", "Confirm"),
    "PayPal": ("Log in", "Complete the purchase"),
    "Card": (re.compile(r"^Pay \$"), "Yes, approve"),
}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_each_provider_takes_the_money_and_gives_it_back(address: str, opens: Opens) -> None:
    """Chosen in the chat, paid on the provider's page, plainly a sandbox; paid back by the staff, and the chat says so."""
    page = opens(address)
    page.starts()
    for number, (method, steps) in enumerate(WAYS.items()):
        orders(page, method, is_first=number == 0)
        pays(page, method, steps)
        is_paid_back(page)
    by_transfer(page)


def by_transfer(page: DemoPage) -> None:
    """The bank's own page is somewhere else: the chat says where to, the owner looks at the account, both ways."""
    orders(page, "Bank transfer", is_first=False)
    page.sees("DE02 1203 0000 0000 2020 51")
    takes_picture(page, "pay-bank-transfer")
    page.is_("Max")
    page.taps("🏦 Money arrived", "Yes, $", side="staff")
    page.leaps("+1 hour")  # the card is drawn again when the money is known, and nobody's questions stay on it then
    page.sees("is paid")
    page.taps("↩️ Refund", "Refund $", side="staff")
    page.leaps("+1 hour")
    page.taps("💵 Money given back", side="staff")
    page.sees("is back with you")


def orders(page: DemoPage, method: str, *, is_first: bool) -> None:
    page.says("/catalog")
    page.taps("Ceramics", "Stoneware mug", "Add to cart", "Checkout")
    if is_first:
        page.taps("Ann Taylor", "Share my phone number")
    page.taps("Pick up")
    page.exactly(method).click()
    page.taps("Place order")
    page.sees("is placed")


def pays(page: DemoPage, method: str, steps: tuple[str | re.Pattern[str], ...]) -> None:
    page.key("Pay $").click()
    bank = page.page.frame_locator("dialog iframe")
    expect(bank.get_by_text("no real money moves here")).to_be_visible()
    for number, step in enumerate(steps, start=1):
        expect(bank.get_by_text(f"Step {number} of {len(steps)}")).to_be_visible()
        takes_picture(page, f"pay-{method}-{number}")
        press(bank, step)
    expect(bank.locator(".result.good")).to_be_visible()
    takes_picture(page, f"pay-{method}-paid")
    page.sees("is paid")
    bank.get_by_role("link", name="Back to the shop").click()
    expect(page.page.locator("dialog")).to_have_count(0)


def press(bank: FrameLocator, label: str | re.Pattern[str]) -> None:
    on_button, on_link = (bank.get_by_role(role, name=label, exact=True) for role in ("button", "link"))
    on_button.or_(on_link).first.click()


def is_paid_back(page: DemoPage) -> None:
    """By the owner; the bank's notification goes to the provider's own address."""
    page.is_("Max")
    page.taps("↩️ Refund", "Refund $", side="staff")
    page.leaps("+1 hour")
    order = page.pane("backstage").locator(".order").first
    expect(order.locator(".part").first).to_contain_text(re.compile(r"\$\S+ back"))
    page.is_("Ann")


def takes_picture(page: DemoPage, name: str) -> None:
    """For somebody to look at, when they are asked for (`make pictures`)."""
    if os.environ.get("DUKKAN_PICTURES"):
        page.saves(PICTURES / f"{name.lower().replace(' ', '-')}.png")
