"""Ceramics: turned on a wheel, so drawn by outlines that are the same left and right."""

from products.shapes import body, circle, ellipse, group, leaf, lifted, line, oval, path, scene, shadow, speckles

CLAY = "#c9a17c"


def lemon(x: float, y: float, angle: float, size: float = 1) -> str:
    fruit = "M-66 0C-60 -40 -24 -50 0 -50C30 -50 54 -36 62 -10C76 -8 76 8 62 10C54 36 30 50 0 50C-24 50 -60 40 -66 0Z"
    return group(
        body(fruit, "#f4c93a", "ball"),
        speckles(int(x), (-40, -34, 84, 70), 26, "#c99a1c", 1.6),
        move=f"translate({x} {y}) rotate({angle}) scale({size})",
        filter="url(#near)",
    )


def serving_bowl() -> str:
    outline = "M196 356A284 62 0 0 0 764 356Q756 540 588 598H372Q204 540 196 356Z"
    ribs = "".join(
        line(f"M{480 + i * 42} 350Q{480 + i * 40} 500 {480 + i * 19} 606", "#2a1a20", 5, opacity=0.15)
        + line(f"M{488 + i * 42} 350Q{488 + i * 40} 500 {486 + i * 19} 606", "#fff", 5, opacity=0.2)
        for i in range(-7, 8)
    )
    bowl = body(outline, "#efe6d6", "round", "fall", inside=ribs + speckles(11, (190, 350, 580, 250), 90, "#8b6a4c"))
    inside = body(oval(480, 356, 284, 62), "#d59a45", "inner", "deep")
    fruit = group(
        leaf(560, 262, 110, -38, "#5d8a4a")
        + leaf(566, 268, 96, 8, "#76a35a")
        + lemon(378, 318, 12)
        + lemon(590, 326, -24)
        + lemon(478, 276, -8, 1.05)
        + lemon(486, 350, 16, 1.02)
        + lemon(640, 372, 30, 0.8)
        + lemon(330, 372, -20, 0.8),
        move="translate(0 14)",
    )
    clip = "<clipPath id='bowl'><path d='M150 0H810V356H764A284 62 0 0 1 196 356H150Z'/></clipPath>"
    rim = ellipse(480, 356, 284, 62, "none", stroke="#fffaf0", stroke_width=8) + line(
        "M200 366A280 62 0 0 0 760 366", "#8b6a4c", 3, opacity=0.3
    )
    front = line("M196 356A284 62 0 0 0 764 356", "#fffaf0", 8)
    foot = body("M392 590H568L560 616Q480 628 400 616Z", CLAY, "round")
    half = group(
        ellipse(0, 0, 58, 54, "#f4c93a"),
        ellipse(0, 0, 50, 46, "#fff6d2"),
        ellipse(0, 0, 44, 40, "#f7dc6b"),
        *(
            line(f"M0 0L{a} {b}", "#fff6d2", 5)
            for a, b in [(44, 0), (22, 35), (-22, 35), (-44, 0), (-22, -35), (22, -35)]
        ),
        circle(0, 0, 6, "#fff6d2"),
        move="translate(800 618)",
        filter="url(#near)",
    )
    return scene(
        "sage",
        shadow(480, 616, 150, 20),
        foot,
        inside,
        clip + rim,
        group(fruit, clip_path="url(#bowl)"),
        bowl,
        front,
        shadow(804, 664, 54, 10),
        half,
        leaf(742, 660, 70, 168, "#5d8a4a"),
    )


def plate(x: float, y: float, rx: float, ry: float) -> str:
    """A stacked plate seen from the side; (x, y) is the middle of its rim."""
    side = f"M{x - rx} {y}Q{x - rx * 0.8} {y + 40} {x - rx * 0.5} {y + 46}H{x + rx * 0.5}Q{x + rx * 0.8} {y + 40} {x + rx} {y}Z"
    return (
        body(side, "#e9e2d4", "round")
        + body(oval(x, y, rx, ry), "#f7f2e8", "diag")
        + path(f"M{x - rx} {y}A{rx} {ry} 0 0 0 {x + rx} {y}", stroke=CLAY, stroke_width=6)
    )


def dinner_plates() -> str:
    face = body(
        oval(480, 310, 236, 236), "#f6f1e6", "diag", inside=speckles(5, (240, 70, 480, 480), 190, "#5a4334", 2.6)
    )
    rim = circle(480, 310, 232, "none", stroke=CLAY, stroke_width=9) + circle(
        480, 310, 160, "none", stroke="#2a1a20", stroke_width=5, stroke_opacity=0.09
    )
    well = (
        body(oval(480, 310, 158, 158), "#fbf7ee", inside=speckles(6, (320, 150, 320, 320), 80, "#5a4334", 2.6))
        + line("M342 232A158 158 0 0 1 560 174", "#2a1a20", 5, opacity=0.12)
        + line("M618 388A158 158 0 0 1 400 446", "#fff", 6, opacity=0.9)
    )
    stack = "".join(plate(480, y, 262, 30) for y in (606, 580, 554, 528))
    top = ellipse(480, 528, 180, 17, "none", stroke="#2a1a20", stroke_opacity=0.1, stroke_width=4) + speckles(
        9, (300, 510, 360, 34), 60, "#5a4334", 2
    )
    sprig = lifted(
        line("M410 530Q480 500 566 520", "#5c7a48", 5),
        *(
            leaf(x, y, 42, a, c)
            for x, y, a, c in [
                (430, 522, -60, "#7fa066"),
                (454, 514, 40, "#6b8f55"),
                (482, 512, -64, "#7fa066"),
                (510, 512, 36, "#6b8f55"),
                (536, 514, -50, "#7fa066"),
                (562, 520, -8, "#6b8f55"),
            ]
        ),
        by="near",
    )
    return scene("slate", lifted(face, rim, well), shadow(480, 652, 170, 18), stack, top, sprig)


def bud_vase() -> str:
    outline = (
        "M452 300Q460 352 446 384Q388 420 380 504Q376 590 430 622H530Q584 590 580 504Q572 420 514 384Q500 352 508 300Z"
    )
    glaze = path(
        "M370 290H590V474Q560 500 536 470Q510 446 490 486Q468 520 440 484Q410 460 370 492Z", "#2f7d86", opacity=0.9
    ) + path("M370 560Q480 590 590 556V640H370Z", CLAY)
    glaze += path(
        "M370 488Q410 456 440 480Q468 516 490 482Q510 442 536 466Q560 496 590 470V490Q560 516 536 490Q510 466 490 506Q468 540 440 504Q410 480 370 512Z",
        "#bfe3d6",
        opacity=0.7,
    )
    vase = body(outline, "#7db9a8", "round", inside=glaze + speckles(12, (370, 300, 220, 330), 70, "#16343a"))
    lip = body(oval(480, 300, 29, 8), "#1d5059", "inner") + ellipse(
        480, 300, 29, 8, "none", stroke="#8fd0c4", stroke_width=4
    )
    stem = line("M480 302C478 240 470 200 486 128", "#5c7a48", 7)
    leaves = (
        leaf(478, 246, 106, -150, "#6b8f55") + leaf(474, 214, 112, -22, "#7fa066") + leaf(479, 276, 70, -42, "#6b8f55")
    )
    petals = "".join(
        group(
            body("M0 0C-34 -30 -30 -84 0 -104C30 -84 34 -30 0 0Z", c, "fall"),
            move=f"translate(488 132) rotate({a}) scale({s})",
        )
        for a, c, s in [
            (-64, "#e98f7b", 0.9),
            (64, "#e98f7b", 0.9),
            (-36, "#f0a28d", 1),
            (36, "#f0a28d", 1),
            (0, "#f7b9a4", 1.06),
            (-16, "#ef9c86", 0.84),
            (18, "#f3ad97", 0.8),
        ]
    )
    fallen = group(
        body("M0 0C-20 -20 -18 -50 0 -62C18 -50 20 -20 0 0Z", "#f0a28d", "fall"),
        move="translate(700 640) rotate(74)",
        filter="url(#near)",
    )
    return scene("blush", lifted(stem, leaves, petals), shadow(480, 622, 76, 15), vase, lip, fallen)


DRAWINGS = {
    "serving-bowl": serving_bowl,
    "dinner-plates": dinner_plates,
    "bud-vase": bud_vase,
}
