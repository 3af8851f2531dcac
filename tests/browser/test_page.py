"""The page itself: fits every window, readable in every light, usable without a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import audits
from tests.browser.conftest import Opens
from tests.browser.sight import SIDES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
TABS = ("Orders", "Events", "Messages", "Bad days")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width, height", [(390, 844), (1000, 700), (1440, 900)])
def test_everything_fits_and_can_be_read(lived_in: str, opens: Opens, width: int, height: int, scheme: str) -> None:
    page = opens(lived_in, width=width, height=height, scheme=scheme)
    found: dict[str, list[str]] = {}
    for side in SIDES if width < 1000 else ("customer",):
        page.show(side)
        for tab in TABS if side == "backstage" or width >= 1000 else ("",):
            if tab:
                page.page.get_by_role("tab", name=tab).click()
            page.settles()
            for audit in (audits.faint, audits.clipped, audits.too_wide, audits.hidden, audits.too_small):
                if complaints := audit(page.page):
                    found[f"{side} {tab} {audit.__name__}"] = complaints
    assert found == {}


def test_every_button_is_reached_by_tab(lived_in: str, opens: Opens) -> None:
    assert audits.not_reached_by_tab(opens(lived_in).page) == []


def test_the_shop_is_used_without_a_mouse(lived_in: str, opens: Opens) -> None:
    """Arrow up leads from the input to the newest buttons, Enter presses; the focus stays in the message that is edited."""
    page = opens(lived_in)
    page.says("/catalog")
    page.sees("What are you looking for?")
    page.pane("customer").get_by_role("textbox").focus()
    page.page.keyboard.press("ArrowUp")
    expect(page.newest().locator(".key").first).to_be_focused()
    page.page.keyboard.press("Enter")
    page.sees("Clothing")
    expect(page.newest().locator(".key:focus")).to_have_count(1)


def test_arrows_move_between_people(lived_in: str, opens: Opens) -> None:
    page = opens(lived_in)
    page.page.get_by_role("tab", name="Ann").focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.get_by_role("tab", name="李雷")).to_have_attribute("aria-selected", "true")
    expect(page.page.get_by_role("tab", name="李雷")).to_be_focused()
    expect(page.pane("customer").get_by_role("button", name="Start", exact=True)).to_be_visible()
    page.is_("Ann")


def test_the_chat_is_a_log_that_is_read_aloud(lived_in: str, opens: Opens) -> None:
    logs = opens(lived_in).page.get_by_role("log")
    expect(logs).to_have_count(2)
    for log in logs.all():
        assert log.get_attribute("aria-live") == "polite"


def test_reading_above_is_not_disturbed_by_news(lived_in: str, opens: Opens) -> None:
    page = opens(lived_in)
    log = page.pane("customer").locator(".log")
    log.evaluate("(node) => node.scrollTo(0, 0)")
    expect(page.pane("customer").locator(".down")).to_be_visible()
    page.leaps("+1 hour")
    assert log.evaluate("(node) => node.scrollTop") == 0
    page.pane("customer").locator(".down").click()
    expect(page.pane("customer").locator(".down")).to_be_hidden()


def test_colours_follow_the_system_until_somebody_chooses(lived_in: str, opens: Opens) -> None:
    page = opens(lived_in, scheme="dark")
    root, switch = page.page.locator("html"), page.page.locator("#theme")
    expect(root).to_have_attribute("data-theme", "dark")
    switch.click()
    expect(root).to_have_attribute("data-theme", "light")
    page.page.reload()
    expect(root).to_have_attribute("data-theme", "light")


def test_the_honest_line_is_always_there(lived_in: str, opens: Opens) -> None:
    for width in (390, 1440):
        note = opens(lived_in, width=width).page.get_by_role("note")
        expect(note).to_be_in_viewport()
        expect(note).to_contain_text(re.compile("not telegram.*no real money", re.IGNORECASE))


def test_a_card_is_answered_with_a_reply(lived_in: str, opens: Opens) -> None:
    """The staff's way to say a tracking number: reply to the card."""
    page = opens(lived_in)
    card = page.pane("staff").locator(".msg").last
    card.hover()
    card.locator(".reply").click()
    expect(page.pane("staff").locator(".answering").first).to_contain_text("Reply to")
    page.says("XX", side="staff")
    expect(page.pane("staff").locator(".msg.out .quoted").last).to_be_visible()
    assert audits.hidden(page.page) == []
    page.sees("Reply to a card with a tracking number", "staff")


def test_a_stranger_is_told_by_an_alert(lived_in: str, opens: Opens) -> None:
    page = opens(lived_in)
    page.is_("Theo")
    page.key("Delivered", "staff").click()
    alert = page.page.get_by_role("dialog")
    expect(alert).to_contain_text("role")
    alert.get_by_role("button", name="OK").click()
    expect(alert).to_have_count(0)


def test_a_copy_button_copies(lived_in: str, opens: Opens) -> None:
    page = opens(lived_in)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.says("/orders")
    page.sees("Your orders")
    page.newest().locator(".key").first.click()
    page.key("Copy number").click()
    expect(page.pane("customer").locator(".toast")).to_contain_text(re.compile("Copied: [0-9A-Z]{4}-[0-9A-Z]{5}"))


def test_news_put_a_dot_on_whoever_is_not_shown(lived_in: str, opens: Opens) -> None:
    """Two days bring the parcel: the tests above need it on its way."""
    page = opens(lived_in)
    ann, lilei = page.page.get_by_role("tab", name="Ann"), page.page.get_by_role("tab", name="李雷")
    expect(lilei).to_have_text("李李雷中文")
    page.is_("李雷")
    expect(ann.get_by_label("unread")).to_have_count(0)
    for _ in range(2):
        page.leaps("+1 day")
    expect(ann.get_by_label("unread")).to_have_count(1)
    page.is_("Ann")
    expect(ann.get_by_label("unread")).to_have_count(0)
