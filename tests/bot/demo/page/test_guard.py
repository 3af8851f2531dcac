"""Nobody but this machine, and no page but the demo's own, may act in the demo."""

import pytest
from starlette.datastructures import Headers

from bot.demo.guard import why_not
from tests.bot.demo.page.conftest import ANN, HOME, Visitor

HOST = "127.0.0.1:8080"
OURS = {"host": HOST, "origin": HOME, "content-type": "application/json", "content-length": "2"}


def refused(method: str = "POST", path: str = "/demo/say", **headers: str | None) -> bool:
    given = OURS | {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        why_not(method, path, Headers({name: value for name, value in given.items() if value is not None})) is not None
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "127.0.0.1", "[::1]:8080"])
def test_this_machine_is_answered(host: str) -> None:
    assert not refused("GET", host=host)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "192.168.1.5:8080", "", "[::2]:8080"])
def test_a_foreign_name_that_points_here_is_not_answered(host: str) -> None:
    """DNS rebinding: the page of evil.example finds its own name resolved to 127.0.0.1."""
    assert refused("GET", host=host)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8080", "null", None]
)
def test_only_the_demos_own_page_acts(origin: str | None) -> None:
    assert refused(origin=origin)


def test_a_form_cannot_pretend_to_be_the_page() -> None:
    """A foreign form can send any text, but only as a form or as plain text."""
    assert refused(content_type="text/plain")
    assert refused(content_type="application/x-www-form-urlencoded")


def test_the_browsers_own_word_counts_more_than_an_origin() -> None:
    """A pay page without referrers sends the origin "null"; so does a hostile one."""
    assert not refused(path="/sandbox/pay/x/pay", origin="null", sec_fetch_site="same-origin")
    assert refused(path="/sandbox/pay/x/pay", origin="null", sec_fetch_site="cross-site")
    assert refused(path="/sandbox/pay/x/pay", origin="null")


def test_a_bank_reports_without_an_origin() -> None:
    assert not refused(path="/pay/sandbox/webhook", origin=None, content_type=None)


def test_too_much_is_not_read() -> None:
    assert refused(content_length="10000000")
    assert refused(content_length=None)


async def test_what_a_foreign_page_sends_does_not_reach_the_shop(visitor: Visitor) -> None:
    said = {"who": ANN, "chat": ANN, "text": "/start"}
    answer = await visitor.client.post("/demo/say", json=said, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert (await visitor.asks("/demo/state"))["customer"]["messages"] == []
