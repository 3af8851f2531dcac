"""The demo page as a person uses it: by what stands on its buttons."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

# A machine that does other work, too.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
Side = Literal["customer", "staff"]
SIDES = ("customer", "staff", "backstage")
NARROW = 1000


@dataclass
class DemoPage:
    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Browser, address: str, *, width: int, height: int, scheme: str) -> "DemoPage":
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
        )
        context.set_default_timeout(PATIENCE_MS)
        self = cls(context.new_page(), context)
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._gets)
        self.page.goto(address)
        expect(self.page.locator(".person")).to_have_count(6)
        return self

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _gets(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def close(self) -> None:
        self.context.close()

    # ---- where things are

    def pane(self, side: str) -> Locator:
        return self.page.locator(f"#{side}")

    def show(self, side: str) -> None:
        """On a narrow window one pane is shown at a time."""
        if (self.page.viewport_size or {"width": 0})["width"] < NARROW:
            self.page.locator(f"#tab-{side}").click()

    def newest(self, side: Side = "customer") -> Locator:
        return self.pane(side).locator(".msg").last

    def sees(self, text: str | re.Pattern[str], side: Side = "customer") -> None:
        """The chat holds a message with the text, sooner or later."""
        expect(self.pane(side).locator(".msg .text").filter(has_text=text).last).to_be_visible()

    def key(self, label: str, side: Side = "customer") -> Locator:
        """The newest button with this label, or one that contains it."""
        return self.pane(side).locator(".key").filter(has_text=label).last

    def exactly(self, label: str, side: Side = "customer") -> Locator:
        """The newest button with this label and nothing else, but a mark perhaps."""
        return self.pane(side).locator(".key").filter(has_text=re.compile(rf"^\W*{re.escape(label)}$")).last

    # ---- what a person does

    def is_(self, name: str) -> None:
        """Who sits before the pane changes."""
        self.page.get_by_role("tab", name=name).click()
        expect(self.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")

    def starts(self) -> None:
        """By the button of a new chat, or where it has begun before, by the command."""
        start = self.pane("customer").get_by_role("button", name="Start", exact=True)
        expect(start.or_(self.pane("customer").get_by_role("textbox")).first).to_be_visible()
        if start.is_visible():
            start.click()
        else:
            self.says("/start")

    def taps(self, *labels: str, side: Side = "customer") -> None:
        for label in labels:
            self.key(label, side).click()
            expect(self.page.locator(".key.busy")).to_have_count(0)

    def says(self, text: str, side: Side = "customer") -> None:
        box = self.pane(side).get_by_role("textbox")
        box.fill(text)
        box.press("Enter")
        expect(self.pane(side).locator(".msg.out").last).to_contain_text(text)

    def leaps(self, label: str) -> None:
        """Time goes on, and everything that was due has been told."""
        self.show("backstage")
        button = self.pane("backstage").get_by_role("button", name=label)
        button.click()
        expect(self.pane("backstage").locator(".leap.busy")).to_have_count(0)
        self.show("customer")

    def settles(self) -> None:
        """Nothing moves any more: for pictures."""
        expect(self.page.locator(".toast")).to_have_count(0)
        self.page.evaluate("document.fonts.ready")
        self.page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")

    def saves(self, path: Path) -> None:
        self.settles()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
