"""Telegram's own payment form on the page: a tip, a card that is declined, one that is not, and Stars for what is sent as a message."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import audits
from tests.browser.conftest import Opens
from tests.browser.sight import DemoPage
from tests.browser.test_purchase import checks_out, fills_cart

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_card_and_stars_are_paid_in_the_form(address: str, opens: Opens) -> None:
    """Wide and light, then narrow and dark; the receipt stands where the Pay button was."""
    page = opens(address)
    fills_cart(page)
    checks_out(page, "Card in Telegram")
    page.key("Pay $").click()
    form = the_form(page)
    expect(form.get_by_text("Total")).to_be_visible()
    form.get_by_role("button", name=re.compile(r"^\$\d")).first.click()
    expect(form.get_by_text("Tip", exact=True)).to_be_visible()
    looks_right(page, "pay-form")
    form.get_by_label("The card is declined").check()
    form.get_by_role("button", name="Pay $").click()
    expect(form.get_by_role("alert")).to_contain_text("declined")
    form.get_by_label("The card is declined").uncheck()
    form.get_by_role("button", name="Pay $").click()
    expect(page.page.locator("dialog")).to_have_count(0)
    page.sees("Tip: $")
    expect(page.pane("customer").locator(".service")).to_contain_text("You paid $")


def test_stars_buy_what_is_sent(address: str, opens: Opens) -> None:
    page = opens(address, width=390, height=844, scheme="dark")
    page.starts()
    page.taps("Browse", "Digital downloads", "Better coffee", "Add to cart")
    page.taps("Checkout", "Telegram Stars · ⭐600", "Place order")
    page.key("Pay ⭐600").click()
    form = the_form(page)
    looks_right(page, "pay-form-stars")
    form.get_by_role("button", name="Pay ⭐600").click()
    page.sees("HG-BREW-")


def the_form(page: DemoPage) -> Locator:
    form = page.page.get_by_role("dialog", name="Payment")
    expect(form).to_be_visible()
    return form


def looks_right(page: DemoPage, name: str) -> None:
    assert audits.faint(page.page) == []
    assert audits.clipped(page.page) == []
    if folder := os.environ.get("DUKKAN_LOOKS"):
        page.saves(Path(folder) / f"{name}.png")
