"""Texts of a bot in the page: what Telegram's entities mean, and nothing that they do not."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens
from tests.browser.sight import DemoPage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_RENDER = """
async ([text, entities]) => {
  const { rendered } = await import("/demo/page/entities.js");
  const box = document.createElement("div");
  box.id = "rendered";
  box.className = "text";
  document.getElementById("rendered")?.remove();
  const did = (window.did = []);
  const act = { copy: (it) => did.push(it), say: (it) => did.push(it), follow: (event, url) => { event.preventDefault(); did.push(url); } };
  box.append(rendered(text, entities, act));
  document.body.prepend(box);
  return box.innerHTML;
}
"""


def of(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.fixture
def page(lived_in: str, opens: Opens) -> DemoPage:
    return opens(lived_in)


def shown(page: DemoPage, text: str, *entities: dict[str, Any]) -> str:
    return str(page.page.evaluate(_RENDER, [text, list(entities)]))


def test_offsets_count_utf16_units(page: DemoPage) -> None:
    """The parcel is one character for people and two units for Telegram."""
    assert shown(page, "📦 yes no", of("bold", 3, 3)) == "📦 <b>yes</b> no"


def test_entities_lie_in_each_other(page: DemoPage) -> None:
    bold, italic = of("bold", 0, 9), of("italic", 4, 5)
    assert shown(page, "one two 3 four", italic, bold) == "<b>one <i>two 3</i></b> four"


def test_markup_in_a_text_is_text(page: DemoPage) -> None:
    assert shown(page, "<img src=x onerror=alert(1)>") == "&lt;img src=x onerror=alert(1)&gt;"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " javascript:x"])
def test_a_link_that_could_act_is_no_link(page: DemoPage, url: str) -> None:
    assert "href" not in shown(page, "here", of("text_link", 0, 4, url=url))


def test_a_link_tells_the_page_where_it_leads(page: DemoPage) -> None:
    shown(page, "shop.example now", of("url", 0, 12))
    link = page.page.locator("#rendered a")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    link.click()
    assert page.page.evaluate("window.did") == ["https://shop.example"]


def test_a_long_quotation_opens(page: DemoPage) -> None:
    shown(page, "\n".join("abcdefgh"), of("expandable_blockquote", 0, 15))
    folded = page.page.locator("#rendered blockquote")
    before = folded.bounding_box()
    page.page.get_by_role("button", name="All of it").click()
    after = folded.bounding_box()
    assert before and after and after["height"] > before["height"]


def test_a_spoiler_is_hidden_until_it_is_pressed(page: DemoPage) -> None:
    shown(page, "the end", of("spoiler", 0, 7))
    secret = page.page.locator("#rendered .spoiler span")
    expect(secret).to_have_css("opacity", "0")
    page.page.locator("#rendered .spoiler").press("Enter")
    expect(secret).to_have_css("opacity", "1")


def test_a_number_is_copied_and_a_command_is_sent(page: DemoPage) -> None:
    shown(page, "A-1 /cart", of("code", 0, 3), of("bot_command", 4, 5))
    page.page.locator("#rendered code").press("Enter")
    page.page.locator("#rendered .link").click()
    assert page.page.evaluate("window.did") == ["A-1", "/cart"]


@pytest.mark.parametrize("offset, length", [(-5, 3), (2, 0), (99, 3), (1, 99)])
def test_a_wrong_entity_breaks_nothing(page: DemoPage, offset: int, length: int) -> None:
    shown(page, "text", of("bold", offset, length))
    expect(page.page.locator("#rendered")).to_have_text("text")
