"""Draw the demo shop's pictures: each product's SVG, rendered by Chromium, saved as a small JPEG beside the catalogue.

    python docs/pictures/draw_products.py [slug …]

Needs playwright, Pillow and a Chromium (CHROMIUM names another one than Debian's).
"""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from products import accessories, bags, ceramics, clothing, coffee, cups, digital, home, linens, olive, shop, stationery

PICTURES = Path(__file__).parents[2] / "bot" / "demo" / "seed" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
MOST_BYTES = 45_000

DRAWINGS: dict[str, Callable[[], str]] = {
    name: drawing
    for module in (clothing, accessories, ceramics, cups, coffee, home, olive, linens, stationery, bags, digital, shop)
    for name, drawing in module.DRAWINGS.items()
}


def rendered(page: Page, svg: str) -> Image.Image:
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}")
    return Image.open(io.BytesIO(page.locator("svg").screenshot(type="png"))).convert("RGB")


def small_jpeg(image: Image.Image) -> bytes:
    """The best quality that stays under the limit."""
    for quality in range(92, 30, -2):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise SystemExit("A picture does not fit: draw it with less texture")


def main(wanted: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 960, "height": 720})
        for name in wanted or DRAWINGS:
            jpeg = small_jpeg(rendered(page, DRAWINGS[name]()))
            (PICTURES / f"{name}.jpg").write_bytes(jpeg)
            print(f"{name}.jpg {len(jpeg)}")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
