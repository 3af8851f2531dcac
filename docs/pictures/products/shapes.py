"""The drawing kit: a lit backdrop, and bodies with volume. Every function returns a piece of SVG; the canvas is 960 × 720."""

import math
import random
from collections.abc import Iterable
from itertools import count

WIDTH, HEIGHT = 960, 720
TABLE_Y = 548
_ids = count()

# name: wall in the light, wall in the shade, table top in the light, table top in the shade
BACKDROPS = {
    "sand": ("#f8eddc", "#ecd8bb", "#e3c7a0", "#d3b185"),
    "sage": ("#e9efe0", "#cfdcc2", "#b9cba9", "#a2b891"),
    "sky": ("#e4eff6", "#c4dbe9", "#a9c8dc", "#8fb3cb"),
    "blush": ("#fbe9e2", "#f3cfc3", "#e7b6a6", "#d79e8d"),
    "butter": ("#fdf3d3", "#f7e0a4", "#ecca7d", "#dcb463"),
    "lilac": ("#efeaf6", "#d8cde8", "#c3b4db", "#ad9bca"),
    "mint": ("#e2f2ec", "#bfe0d4", "#a1cdbf", "#86b8a8"),
    "clay": ("#f3ddcf", "#dfb9a3", "#c99a80", "#b5836a"),
    "slate": ("#dfe6ea", "#bccad2", "#a2b3bd", "#8b9ea9"),
}

_SHADES = {
    # light comes from the upper left: stops are (offset, black or white, opacity)
    "round": (
        "x2='1' y2='0'",
        [(0, 0, 0.14), (0.16, 1, 0.05), (0.3, 1, 0.32), (0.46, 1, 0.04), (0.7, 0, 0.07), (1, 0, 0.3)],
    ),
    "inner": ("x2='1' y2='0'", [(0, 0, 0.34), (0.35, 0, 0.2), (0.8, 1, 0.02), (1, 1, 0.22)]),
    "fall": ("x2='0' y2='1'", [(0, 1, 0.22), (0.35, 1, 0), (0.6, 0, 0), (1, 0, 0.2)]),
    "deep": ("x2='0' y2='1'", [(0, 0, 0.36), (0.5, 0, 0.1), (1, 0, 0.02)]),
    "diag": ("x2='1' y2='1'", [(0, 1, 0.3), (0.45, 1, 0), (0.55, 0, 0), (1, 0, 0.18)]),
    "metal": (
        "x2='1' y2='0'",
        [
            (0, 0, 0.4),
            (0.1, 0, 0.1),
            (0.2, 1, 0.75),
            (0.3, 1, 0.15),
            (0.5, 0, 0.16),
            (0.66, 1, 0.3),
            (0.78, 0, 0.1),
            (1, 0, 0.45),
        ],
    ),
    "rod": ("x2='0' y2='1'", [(0, 0, 0.1), (0.25, 1, 0.55), (0.45, 1, 0.05), (0.75, 0, 0.16), (1, 0, 0.42)]),
    "drape": (
        "x2='1' y2='0.12'",
        [
            (0, 0, 0.12),
            (0.1, 1, 0.12),
            (0.22, 0, 0.1),
            (0.34, 1, 0.16),
            (0.47, 0, 0.07),
            (0.58, 1, 0.1),
            (0.7, 0, 0.12),
            (0.82, 1, 0.06),
            (1, 0, 0.2),
        ],
    ),
}


def _gradient(name: str) -> str:
    direction, stops = _SHADES[name]
    drawn = "".join(
        f"<stop offset='{at}' stop-color='{'#fff8ea' if white else '#2a1a20'}' stop-opacity='{opacity}'/>"
        for at, white, opacity in stops
    )
    return f"<linearGradient id='{name}' x1='0' y1='0' {direction}>{drawn}</linearGradient>"


_DEFS = (
    "".join(map(_gradient, _SHADES))
    + """
<radialGradient id='ball' cx='.5' cy='.5' r='.62' fx='.32' fy='.26'>
<stop offset='0' stop-color='#fff8ea' stop-opacity='.5'/><stop offset='.42' stop-color='#fff8ea' stop-opacity='.04'/>
<stop offset='.62' stop-color='#2a1a20' stop-opacity='.03'/><stop offset='1' stop-color='#2a1a20' stop-opacity='.36'/></radialGradient>
<radialGradient id='glow'><stop offset='0' stop-color='#fff3c4' stop-opacity='.95'/><stop offset='.35' stop-color='#ffdf91' stop-opacity='.5'/>
<stop offset='1' stop-color='#ffd27a' stop-opacity='0'/></radialGradient>
<pattern id='weave' width='6' height='6' patternUnits='userSpaceOnUse'>
<path d='M0 1.5H6M0 4.5H6' stroke='#fff' stroke-opacity='.13'/><path d='M1.5 0V6M4.5 0V6' stroke='#3a2a2a' stroke-opacity='.07'/></pattern>
<pattern id='knit' width='12' height='11' patternUnits='userSpaceOnUse'>
<path d='M0 1L6 8L12 1' fill='none' stroke='#3a2a2a' stroke-opacity='.16' stroke-width='2.2'/></pattern>
<pattern id='rib' width='13' height='10' patternUnits='userSpaceOnUse'>
<path d='M1.5 0V10' stroke='#2a1a20' stroke-opacity='.2' stroke-width='3'/><path d='M7 0V10' stroke='#fff' stroke-opacity='.16' stroke-width='3.5'/></pattern>
<filter id='far' x='-30%' y='-30%' width='160%' height='160%'><feDropShadow dx='14' dy='20' stdDeviation='15' flood-color='#3b2530' flood-opacity='.3'/></filter>
<filter id='near' x='-30%' y='-30%' width='160%' height='160%'><feDropShadow dx='4' dy='6' stdDeviation='5' flood-color='#3b2530' flood-opacity='.3'/></filter>
<filter id='blur4' x='-50%' y='-50%' width='200%' height='200%'><feGaussianBlur stdDeviation='4'/></filter>
<filter id='blur10' x='-50%' y='-50%' width='200%' height='200%'><feGaussianBlur stdDeviation='10'/></filter>
<filter id='blur22' x='-50%' y='-50%' width='200%' height='200%'><feGaussianBlur stdDeviation='22'/></filter>
"""
)


def scene(backdrop: str, *pieces: str, table: bool = True) -> str:
    """A whole picture: wall, a disc of light, a window's light on the wall, a table if wanted, and the pieces in front."""
    light, shade, table_light, table_shade = BACKDROPS[backdrop]
    top = f"<rect y='{TABLE_Y}' width='960' height='172' fill='url(#table)'/><rect y='{TABLE_Y}' width='960' height='3' fill='#fff' opacity='.35'/>"
    return f"""<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'><defs>{_DEFS}
<linearGradient id='wall' x1='0' y1='0' x2='1' y2='1'><stop offset='0' stop-color='{light}'/><stop offset='1' stop-color='{shade}'/></linearGradient>
<linearGradient id='table' x1='0' y1='0' x2='1' y2='.6'><stop offset='0' stop-color='{table_light}'/><stop offset='1' stop-color='{table_shade}'/></linearGradient></defs>
<rect width='960' height='720' fill='url(#wall)'/>
<circle cx='480' cy='346' r='292' fill='#fff' opacity='.34'/>
<g fill='#fff' opacity='.2' filter='url(#blur10)'><path d='M40 0H250L560 {HEIGHT}H350Z'/><path d='M300 0H420L730 {HEIGHT}H610Z'/></g>
{top if table else ""}{"".join(pieces)}</svg>"""


def path(d: str, fill: str = "none", **attributes: str | float) -> str:
    return f"<path d='{d}' fill='{fill}'{_attributes(attributes)}/>"


def line(d: str, stroke: str, width: float, **attributes: str | float) -> str:
    ends: dict[str, str | float] = {"stroke_linecap": "round", "stroke_linejoin": "round"}
    return path(d, "none", stroke=stroke, stroke_width=width, **(ends | attributes))


def circle(x: float, y: float, r: float, fill: str, **attributes: str | float) -> str:
    return f"<circle cx='{x:g}' cy='{y:g}' r='{r:g}' fill='{fill}'{_attributes(attributes)}/>"


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, **attributes: str | float) -> str:
    return f"<ellipse cx='{x:g}' cy='{y:g}' rx='{rx:g}' ry='{ry:g}' fill='{fill}'{_attributes(attributes)}/>"


def group(*pieces: str, move: str = "", **attributes: str | float) -> str:
    """Pieces as one; *move* is an SVG transform."""
    transform = f" transform='{move}'" if move else ""
    return f"<g{transform}{_attributes(attributes)}>{''.join(pieces)}</g>"


def lifted(*pieces: str, by: str = "far") -> str:
    """Pieces that throw a soft shadow on what lies behind them."""
    return group(*pieces, filter=f"url(#{by})")


def body(d: str, fill: str, *overlays: str, inside: str = "") -> str:
    """A closed outline: its colour, then what is drawn inside it, then the named shades and textures over both."""
    clip = f"c{next(_ids)}"
    over = "".join(path(d, f"url(#{name})") for name in overlays)
    return (
        f"<clipPath id='{clip}'><path d='{d}'/></clipPath>{path(d, fill)}<g clip-path='url(#{clip})'>{inside}</g>{over}"
    )


def oval(x: float, y: float, rx: float, ry: float) -> str:
    """The outline of an ellipse, for `body`."""
    return f"M{x - rx:g} {y:g}A{rx:g} {ry:g} 0 1 1 {x + rx:g} {y:g}A{rx:g} {ry:g} 0 1 1 {x - rx:g} {y:g}Z"


def box(x: float, y: float, width: float, height: float, r: float = 0) -> str:
    """The outline of a rectangle with rounded corners, for `body`."""
    return (
        f"M{x + r:g} {y:g}H{x + width - r:g}Q{x + width:g} {y:g} {x + width:g} {y + r:g}V{y + height - r:g}Q{x + width:g} {y + height:g} "
        f"{x + width - r:g} {y + height:g}H{x + r:g}Q{x:g} {y + height:g} {x:g} {y + height - r:g}V{y + r:g}Q{x:g} {y:g} {x + r:g} {y:g}Z"
    )


def shadow(x: float, y: float, rx: float, ry: float = 16) -> str:
    """What stands on the table: a soft shadow away from the light, and a tight one where it touches."""
    return ellipse(x + rx * 0.22, y + 6, rx * 1.12, ry * 1.5, "#3b2530", opacity=0.24, filter="url(#blur10)") + ellipse(
        x, y, rx * 0.98, ry * 0.8, "#3b2530", opacity=0.34, filter="url(#blur4)"
    )


def speckles(seed: int, area: tuple[float, float, float, float], number: int, colour: str, size: float = 2.2) -> str:
    """Specks of iron in a glaze, flecks in paper; the same seed draws the same specks. *area* is x, y, width, height."""
    dice = random.Random(seed)
    x, y, width, height = area
    drawn = (
        circle(x + dice.random() * width, y + dice.random() * height, size * (0.4 + dice.random() * 0.8), colour)
        for _ in range(number)
    )
    return group(*drawn, opacity=0.55)


def folds(*creases: str, dark: float = 0.16) -> str:
    """The soft dark of creases in cloth."""
    return group(*(path(d, "#2a1a20") for d in creases), opacity=dark, filter="url(#blur4)")


def leaf(x: float, y: float, length: float, angle: float, fill: str) -> str:
    """A leaf that grows from (x, y); an angle of 0 points right, -90 up."""
    half = length * 0.24
    d = f"M0 0C{length * 0.25:g} {-half:g} {length * 0.7:g} {-half:g} {length:g} 0C{length * 0.7:g} {half:g} {length * 0.25:g} {half:g} 0 0Z"
    vein = line(f"M{length * 0.08:g} 0H{length * 0.85:g}", "#1d3a25", 1.6, opacity=0.35)
    return group(body(d, fill, "fall"), vein, move=f"translate({x:g} {y:g}) rotate({angle:g})")


def bean(x: float, y: float, angle: float, size: float = 1, colour: str = "#5b3524") -> str:
    seam = line("M-17 3C-8 -7 6 8 17 -3", "#2d170f", 3.2)
    return group(
        body(oval(0, 0, 19, 13), colour, "ball"),
        seam,
        move=f"translate({x:g} {y:g}) rotate({angle:g}) scale({size:g})",
        filter="url(#near)",
    )


def steam(x: float, y: float) -> str:
    """Three wisps that rise from (x, y)."""
    wisps = (f"M{x + dx:g} {y:g}c-18 -26 18 -44 0 -70s14 -38 2 -58" for dx in (-34, 0, 34))
    return group(*(line(d, "#fff", 7, opacity=0.6) for d in wisps), filter="url(#blur4)")


def ring(x: float, y: float, radius: float, number: int, turn: float = 0) -> Iterable[tuple[float, float]]:
    """Points spread evenly around a centre."""
    for i in range(number):
        angle = math.tau * i / number + turn
        yield x + radius * math.cos(angle), y + radius * math.sin(angle)


def _attributes(attributes: dict[str, str | float]) -> str:
    return "".join(f" {name.replace('_', '-')}='{value}'" for name, value in attributes.items())
