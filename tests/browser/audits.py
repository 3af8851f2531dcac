"""What is measured on the page itself: functions for the browser, and what they find as lists of complaints."""

from playwright.sync_api import Page

_CONTRAST = """
(least) => {
  const parsed = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith("color(srgb") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const light = (color) => {
    const [r, g, b] = color.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const color = parsed(getComputedStyle(at).backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest("iframe, noscript")) continue;
    const ground = behind(node);
    const ink = over(parsed(getComputedStyle(node).color), ground);
    const [bright, dark] = [light(ink), light(ground)].sort((a, b) => b - a);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < least) found.push(`${ratio.toFixed(2)}: ${text.data.trim().slice(0, 40)} (${node.tagName} ${node.className})`);
  }
  return [...new Set(found)];
}
"""

_CLIPPED = """
() => [...document.querySelectorAll("button, [role=tab], .chip, .honest")]
  .filter((node) => node.checkVisibility() && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1))
  .map((node) => node.textContent || node.ariaLabel || node.className)
"""

_TOO_WIDE = """
() => [document.documentElement, ...document.querySelectorAll(".log, .behind, .pane, .people, .time, .tabs, .top")]
  .filter((node) => node === document.documentElement || node.checkVisibility())
  .filter((node) => node.scrollWidth > (node === document.documentElement ? innerWidth : node.clientWidth + 1))
  .map((node) => node.className || node.tagName)
"""

_HIDDEN = """
() => [...document.querySelectorAll(".log .bubble")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().left < node.closest(".log").getBoundingClientRect().left)
  .map((node) => node.textContent.slice(0, 60))
"""

_SMALL = """
() => [...document.querySelectorAll(".key, .leap, .person, .send, .menu, .start, .sides button")]
  .filter((node) => node.checkVisibility())
  .map((node) => [node.textContent || node.ariaLabel, node.getBoundingClientRect()])
  .filter(([, box]) => box.height < 36 || box.width < 36)
  .map(([label]) => label)
"""

_NOT_REACHED = """
() => [...document.querySelectorAll("button, a[href], textarea")]
  .filter((node) => node.checkVisibility() && !node.disabled && !node.dataset.reached)
  .filter((node) => !(node.role === "tab" && node.tabIndex === -1))
  .map((node) => node.textContent || node.ariaLabel || node.className)
"""

_MARK = "() => { document.activeElement.dataset.reached = 1; return document.activeElement === document.body; }"


def faint(page: Page, least: float = 4.5) -> list[str]:
    """Texts that do not stand out enough from what lies under them."""
    return list(page.evaluate(_CONTRAST, least))


def clipped(page: Page) -> list[str]:
    """Buttons whose label does not fit."""
    return list(page.evaluate(_CLIPPED))


def too_wide(page: Page) -> list[str]:
    """What could be scrolled sideways."""
    return list(page.evaluate(_TOO_WIDE))


def hidden(page: Page) -> list[str]:
    """Bubbles that begin where nobody can scroll to."""
    return list(page.evaluate(_HIDDEN))


def too_small(page: Page) -> list[str]:
    """What a finger would miss."""
    return list(page.evaluate(_SMALL))


def not_reached_by_tab(page: Page, *, most: int = 400) -> list[str]:
    """What the Tab key never comes to, from the top of the page on; a row of tabs counts as one, arrows move in it."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(_MARK):
            break
    return list(page.evaluate(_NOT_REACHED))
