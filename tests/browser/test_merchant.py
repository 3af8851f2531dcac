"""The merchant's part that needs files, in a browser: a photo becomes a product, a table becomes goods."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.demo.bodies import FILE_MAX_BYTES
from tests.browser import audits
from tests.browser.conftest import Opens
from tests.conversations.shelves import a_picture

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
LAMPS = "handle,title,category,price,stock\nlamp,Harbour lamp,Lamps,49,3\n"


def test_the_owner_fills_the_shelves_from_his_own_chat(address: str, opens: Opens, tmp_path: Path) -> None:
    page = opens(address)
    (tmp_path / "mug.png").write_bytes(a_picture())
    (tmp_path / "lamps.csv").write_text(LAMPS)
    staff = page.pane("staff")
    staff.get_by_role("button", name="Private chat").click()
    staff.get_by_role("button", name="Start", exact=True).click()
    page.sees("Harbor Goods", "staff")

    staff.locator("input[type=file]").set_input_files(tmp_path / "mug.png")
    expect(staff.locator(".answering").last).to_contain_text("mug.png")
    assert audits.clipped(page.page) == audits.too_wide(page.page) == []
    box = staff.get_by_role("textbox")
    box.fill("Sea-blue mug\n$15.50")
    box.press("Enter")
    page.sees("Sea-blue mug", "staff")
    expect(page.key("Publish", "staff")).to_be_visible()

    staff.locator("input[type=file]").set_input_files(tmp_path / "lamps.csv")
    staff.get_by_role("button", name="Send", exact=True).click()
    page.sees("Products: 1 new", "staff")
    page.taps("Apply", side="staff")
    page.sees("Done", "staff")
    staff.get_by_role("button", name="Staff group").click()
    expect(staff.locator(".head")).to_contain_text("members")


def test_a_file_can_be_laid_aside_again(address: str, opens: Opens, tmp_path: Path) -> None:
    page = opens(address, width=390, height=844)
    (tmp_path / "note.txt").write_text("hello")
    page.show("staff")
    staff = page.pane("staff")
    staff.locator("input[type=file]").set_input_files(tmp_path / "note.txt")
    staff.get_by_role("button", name="Do not send the file").click()
    expect(staff.locator(".answering").last).to_be_hidden()
    staff.get_by_role("textbox").fill("these words stay")
    (tmp_path / "film.bin").write_bytes(bytes(FILE_MAX_BYTES + 1))
    staff.locator("input[type=file]").set_input_files(tmp_path / "film.bin")
    expect(page.page.locator(".toast")).to_contain_text("up to 5 MB")
    expect(staff.get_by_role("textbox")).to_have_value("these words stay")
    page.settles()
    for audit in (audits.faint, audits.clipped, audits.too_wide, audits.too_small):
        assert audit(page.page) == []
