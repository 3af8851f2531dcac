"""What is made of the olive tree."""

from products.shapes import body, box, circle, ellipse, group, leaf, lifted, line, oval, path, scene, shadow, speckles

OLIVE, OLIVE_DARK = "#7a8f4f", "#5c7140"


def olive_branch(*, move: str) -> str:
    """A twig with paired leaves and three olives, growing to the right."""
    pairs = "".join(
        leaf(x, -x * 0.06, 74 - x * 0.08, a, c) for x in range(20, 260, 46) for a, c in ((-48, OLIVE), (42, OLIVE_DARK))
    )
    olives = "".join(
        group(body(oval(0, 0, 17, 21), c, "ball"), move=f"translate({x} {y}) rotate({a})")
        for x, y, a, c in [(92, 22, 20, "#4a4f2e"), (150, -38, -30, "#6d7a35"), (196, 16, 10, "#3f3148")]
    )
    return lifted(
        group(line("M0 0Q130 2 280 -18", "#6b5a3a", 6), pairs, leaf(276, -18, 66, -8, OLIVE), olives, move=move),
        by="near",
    )


def cutting_board() -> str:
    outline = "M330 196Q330 150 380 142Q424 136 436 104V60Q436 22 480 22Q524 22 524 60V104Q536 136 580 142Q630 150 630 196V580Q630 622 588 622H372Q330 622 330 580Z"
    grain = "".join(
        line(f"M{x} 10C{x + 26} 160 {x - 34} 280 {x + 12} 400S{x + 30} 560 {x - 4} 640", c, w, opacity=0.4)
        for x, c, w in [
            (346, "#7a4a22", 5),
            (372, "#a0672f", 3),
            (398, "#7a4a22", 7),
            (424, "#8f5a2a", 3),
            (448, "#6b3f1d", 5),
            (520, "#7a4a22", 6),
            (546, "#a0672f", 3),
            (572, "#6b3f1d", 7),
            (600, "#8f5a2a", 4),
            (620, "#7a4a22", 5),
        ]
    )
    knot = "".join(
        ellipse(484, 380, rx, rx * 1.7, "none", stroke="#6b3f1d", stroke_width=4, stroke_opacity=0.45)
        for rx in (12, 24, 37)
    ) + ellipse(484, 380, 8, 14, "#5a3416")
    board = (
        body(outline, "#c98f4f", "diag", inside=grain + knot)
        + circle(480, 62, 17, "#e9ecea")
        + circle(480, 62, 17, "none", stroke="#6b3f1d", stroke_width=5, stroke_opacity=0.6)
    )
    loaf = lifted(
        body(
            "M556 566C560 500 640 470 726 474C816 478 872 520 868 580C866 630 826 648 716 648C604 648 552 630 556 566Z",
            "#c57f3a",
            "ball",
            "fall",
            inside="".join(
                path(f"M{x} 490Q{x + 50} 520 {x + 30} 590Q{x - 6} 560 {x} 490Z", "#f3d9a4", opacity=0.9)
                for x in (620, 690, 760)
            )
            + speckles(3, (556, 470, 320, 180), 70, "#fff3d9", 3),
        ),
        by="near",
    )
    tomato = "".join(
        group(
            body(oval(0, 0, 36, 33), c, "ball"),
            path("M0 -30L-18 -36L-6 -28L-10 -44L2 -30L16 -42L8 -26L22 -28Z", "#56793f"),
            move=f"translate({x} {y})",
        )
        for x, y, c in [(214, 604, "#d64b3a"), (272, 640, "#e0604a"), (186, 650, "#cc4233")]
    )
    return scene(
        "mint",
        lifted(board),
        shadow(480, 622, 150, 14),
        shadow(716, 650, 150, 15),
        loaf,
        shadow(214, 634, 38, 8),
        shadow(232, 676, 84, 11),
        tomato,
        olive_branch(move="translate(318 676) scale(.8)"),
    )


def soap_bar(x: float, y: float, colour: str, angle: float = 0) -> str:
    """A bar lying down; (x, y) is the middle of its front's lower edge."""
    front = body(
        box(-140, -78, 280, 78, 16),
        colour,
        "fall",
        "round",
        inside=speckles(int(y), (-140, -78, 280, 78), 40, "#4d5a2d", 2.2),
    )
    top = body(
        "M-124 -78L-84 -126Q-78 -132 -66 -132H86Q98 -132 104 -126L138 -82Q146 -70 130 -64H-116Q-136 -66 -124 -78Z",
        colour,
        "diag",
    )
    mark = ellipse(8, -100, 46, 15, "none", stroke="#4d5a2d", stroke_opacity=0.35, stroke_width=4) + group(
        leaf(-24, 0, 52, 0, "#6d7a45"), move="translate(4 -100) scale(1 .5)"
    )
    return group(front, top, mark, move=f"translate({x} {y}) rotate({angle})", filter="url(#near)")


def olive_soap() -> str:
    stack = soap_bar(470, 632, "#b9bf82") + soap_bar(488, 556, "#d9cf9f", -1.5) + soap_bar(466, 482, "#a8b573", 1)
    band = lifted(
        body(
            "M414 348L434 350H524L542 350Q554 360 556 372V484H404V372Q404 358 414 348Z",
            "#f3e8d2",
            "fall",
            inside=olive_branch(move="translate(420 440) scale(.4)"),
        ),
        by="near",
    )
    bubbles = "".join(
        circle(x, y, r, "#fff", opacity=0.32)
        + circle(x, y, r, "none", stroke="#fff", stroke_width=2.5, stroke_opacity=0.75)
        + circle(x - r * 0.35, y - r * 0.35, r * 0.2, "#fff", opacity=0.9)
        for x, y, r in [
            (212, 300, 34),
            (266, 206, 18),
            (176, 210, 12),
            (716, 222, 28),
            (772, 320, 16),
            (650, 148, 12),
            (234, 396, 10),
            (560, 190, 9),
        ]
    )
    dish = body("M286 632H660Q652 668 610 670H338Q296 668 286 632Z", "#c99660", "rod") + line(
        "M330 646H620", "#7d5534", 3, opacity=0.3
    )
    pile = group(shadow(474, 670, 176, 16), dish, stack, band, move="translate(-96 -170) scale(1.24)")
    return scene("butter", pile, bubbles, olive_branch(move="translate(644 676) rotate(-10) scale(.9)"))


DRAWINGS = {"cutting-board": cutting_board, "olive-soap": olive_soap}
