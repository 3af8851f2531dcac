"""The picture of docs/performance.md: how far each claim is from its milestone, on a scale on which twice as far is always the same step."""

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.frame import Claim

Bars = Sequence[tuple[str, Claim]]

WIDTH, ROW, TOP, FOOT, SIDE = 940, 38, 76, 56, 28
LABEL_END, BAR_START, BAR_END = 330, 350, 800
LABEL_MAX = 48
SCALE = 2  # for screens that show every pixel
STEPS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8)
PAPER, INK, QUIET, LINE = "#ffffff", "#1d2733", "#667380", "#dfe4e8"
REACHED, MISSED, GOAL = "#2c7a4b", "#bf5615", "#2b5c9e"
_FOLDERS = ("", "/usr/share/fonts/truetype/dejavu/")


def draw(bars: Bars, file: Path) -> None:
    """Only claims whose milestone is a number to divide by: "nothing oversold" is no bar."""
    shown = [(name, claim) for name, claim in bars if claim.milestone and claim.value]
    size = (SCALE * WIDTH, SCALE * (TOP + ROW * len(shown) + FOOT))
    image = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(image)
    _text(pen, SIDE, 20, "How far from the milestone", size=17, bold=True)
    _text(pen, SIDE, 44, "1 is the milestone; further right is better. The diamond is the goal.", fill=QUIET)
    _grid(pen, len(shown))
    for number, (name, claim) in enumerate(shown):
        _bar(pen, TOP + ROW * number, name, claim)
    file.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(64).save(file, optimize=True)


def _grid(pen: ImageDraw.ImageDraw, rows: int) -> None:
    bottom = TOP + ROW * rows + 6
    for step in STEPS:
        x, color = _x(step), QUIET if step == 1 else LINE
        pen.line([_at(x, TOP), _at(x, bottom)], fill=color, width=SCALE * (2 if step == 1 else 1))
        label = f"1/{round(1 / step)}" if step < 1 else f"{step:g}"
        _text(pen, x, bottom + 8, label, fill=QUIET, anchor="ma")


def _bar(pen: ImageDraw.ImageDraw, y: float, name: str, claim: Claim) -> None:
    color = REACHED if claim.reaches(claim.milestone) else MISSED
    _text(pen, LABEL_END, y + 12, _short(f"{name}: {claim.what}"), anchor="ra")
    ends = sorted((_x(1), _x(better(claim, claim.value))))
    pen.rectangle([*_at(ends[0], y + 11), *_at(max(ends[1], ends[0] + 2), y + 27)], fill=color)
    x, middle = _x(better(claim, claim.goal)), y + 19
    pen.polygon([_at(x, middle - 7), _at(x + 7, middle), _at(x, middle + 7), _at(x - 7, middle)], fill=GOAL)
    _text(pen, BAR_END + 14, y + 12, f"{claim.value:.3g} {claim.unit}", fill=color, bold=True)


def better(claim: Claim, value: float) -> float:
    """How many times better than the milestone: more than 1 is better, whichever way the claim runs."""
    return claim.milestone / value if claim.at_most else value / claim.milestone


def _x(times: float) -> float:
    """Where on the scale; what lies beyond its ends is drawn at them."""
    low, high = math.log2(STEPS[0]), math.log2(STEPS[-1])
    share = (min(max(math.log2(times), low), high) - low) / (high - low)
    return BAR_START + share * (BAR_END - BAR_START)


def _at(x: float, y: float) -> tuple[float, float]:
    return SCALE * x, SCALE * y


def _short(label: str) -> str:
    """Without what stands in brackets, where there is no room for it."""
    return label if len(label) <= LABEL_MAX else label.partition(" (")[0]


def _text(
    pen: ImageDraw.ImageDraw,
    x: float,
    y: float,
    text: str,
    *,
    size: int = 13,
    bold: bool = False,
    fill: str = INK,
    anchor: str = "la",
) -> None:
    pen.text(_at(x, y), text, fill=fill, font=_font(size, bold=bold), anchor=anchor)


def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    for folder in _FOLDERS:
        try:
            return ImageFont.truetype(folder + name, SCALE * size)
        except OSError:
            continue
    return ImageFont.load_default(SCALE * size)
