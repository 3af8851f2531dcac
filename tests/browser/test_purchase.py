"""From /start to "delivered", in a browser, before the demo's own process."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens
from tests.browser.sight import DemoPage

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
DAYS = 8

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_customer_buys_and_only_the_clock_brings_the_parcel(address: str, opens: Opens) -> None:
    """The page alone is used: taps, typed answers, the pay page, the staff's buttons, and "+1 day"."""
    page = opens(address)
    fills_cart(page)
    checks_out(page)
    pays(page)
    ships(page)
    page.leaps("+1 day")
    page.says("where is my parcel?")
    page.sees(re.compile("Sandbox Post: SB[0-9A-Z]{10}"))
    takes_pictures(opens, address)
    page.pane("backstage").get_by_role("button", name="Into a locker").first.click()
    waits_for_the_parcel(page)
    page.sees("Waiting to be fetched")
    page.sees("Delivered")
    order = page.pane("backstage").locator(".order").filter(has_text="Ann Taylor")
    expect(order.locator(".way .done")).to_have_count(5)


def fills_cart(page: DemoPage) -> None:
    page.starts()
    page.sees("Harbor Goods")
    page.taps("Browse", "Ceramics", "Stoneware mug", "➕", "Add to cart · $36")
    page.sees("2 × Stoneware mug")


def checks_out(page: DemoPage, payment: str = "Card (test)") -> None:
    page.taps("Checkout", "Ann Taylor", "Share my phone number", "Standard courier")
    for question, answer in (
        ("Which country", "Portugal"),
        ("Street", "Rua do Ouro 12"),
        ("postcode", "1100-061"),
        ("Which town", "Lisboa"),
    ):
        page.sees(question)
        page.says(answer)
    page.taps(payment, "Place order")
    page.sees("is placed")


def pays(page: DemoPage) -> None:
    page.key("Pay $").click()
    bank = page.page.frame_locator("dialog iframe")
    bank.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(bank.get_by_text("Paid.")).to_be_visible()
    page.sees("is paid")
    bank.get_by_role("link", name="Back to the shop").click()
    expect(page.page.locator("dialog")).to_have_count(0)
    page.sees("Being prepared")


def ships(page: DemoPage) -> None:
    page.is_("Petra")
    page.taps("✅ Accept", "📦 Pack", "🚚 Ship", "Label: Sandbox Post", side="staff")
    page.sees("Petra Costa shipped", "staff")
    page.sees("has left the shop")


def waits_for_the_parcel(page: DemoPage) -> None:
    arrived = page.pane("customer").locator(".msg").filter(has_text="has been delivered")
    for _ in range(DAYS):
        page.leaps("+1 day")
        if arrived.count():
            return
    raise AssertionError(f"nothing was delivered in {DAYS} days")


def takes_pictures(opens: Opens, address: str) -> None:
    """What the README shows, when it is asked for (`make pictures`): the parcel on a phone, the whole shop on a desk."""
    if not os.environ.get("DUKKAN_PICTURES"):
        return
    for scheme in ("light", "dark"):
        opens(address, width=390, height=844, scheme=scheme).saves(PICTURES / f"demo-phone-{scheme}.png")
    page = opens(address)
    ivan_orders(page)
    page.is_("Ann")
    page.says("/catalog")
    page.taps("Ceramics", "Round teapot")
    expect(page.key("Add to cart")).to_be_visible()
    for scheme in ("light", "dark"):
        opens(address, scheme=scheme).saves(PICTURES / f"demo-desktop-{scheme}.png")


def ivan_orders(page: DemoPage) -> None:
    page.is_("Иван")
    page.starts()
    page.says("/language")
    page.taps("English")
    page.says("/catalog")
    page.taps("Bags", "Weekender", "Add to cart", "Checkout", "Иван Петров", "Share my phone number", "Pick up")
    page.taps("Pay at pick-up", "Place order")
    page.sees("is confirmed")
