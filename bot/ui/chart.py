"""A week of sales as bars. Digits alone are drawn, which every font has; the words stand in the caption, for every language and for screen readers."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

_WIDTH, _HEIGHT, _MARGIN, _FOOT, _HEAD = 960, 480, 40, 56, 56
_PAPER, _BAR, _TODAY, _INK, _LINE = "#ffffff", "#9ab8d8", "#2f6fb0", "#27313b", "#d5dbe1"


def bar_chart(bars: Sequence[tuple[str, int, str]]) -> bytes:
    """A PNG. *bars* are (what stands below, how high, what stands above), in digits and signs of ASCII; the last one is of the day itself."""
    assert all(text.isascii() for below, _, above in bars for text in (below, above)), "the font has nothing else"
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=24)
    ground, room = _HEIGHT - _FOOT, _HEIGHT - _FOOT - _HEAD
    draw.line((_MARGIN, ground, _WIDTH - _MARGIN, ground), fill=_LINE, width=2)
    most, step = max([high for _, high, _ in bars] + [1]), (_WIDTH - 2 * _MARGIN) / len(bars)
    for n, (below, high, above) in enumerate(bars):
        left, right = _MARGIN + step * n + step * 0.15, _MARGIN + step * (n + 1) - step * 0.15
        top, middle = ground - room * high / most, (left + right) / 2
        if high:
            draw.rectangle((left, top, right, ground), fill=_TODAY if n == len(bars) - 1 else _BAR)
        draw.text((middle, ground + 14), below, fill=_INK, font=font, anchor="mt")
        draw.text((middle, top - 8), above, fill=_INK, font=font, anchor="mb")
    png = BytesIO()
    picture.save(png, "PNG", optimize=True)
    return png.getvalue()
