"""Stationery: seen from above, on a desk."""

from products.shapes import body, box, circle, ellipse, group, leaf, lifted, line, oval, path, ring, scene, speckles

BRASS = "#d2a044"


def pen(*, move: str) -> str:
    """A brass pen that points right; its tip is at the origin."""
    barrel = body(box(-430, -17, 330, 34, 6), BRASS, "rod")
    grip = body("M-102 -17L-40 -9V9L-102 17Z", "#b98630", "rod") + "".join(
        line(f"M{x} -15V15", "#7c5818", 2, opacity=0.6) for x in range(-96, -60, 8)
    )
    tip = body("M-40 -9L-8 -3.5V3.5L-40 9Z", "#dcdcd8", "rod") + body(box(-9, -2.5, 9, 5, 2), "#7d7f80", "rod")
    button = body(box(-462, -9, 36, 18, 5), "#e2bb6a", "rod")
    clip = lifted(body("M-420 -25H-270Q-256 -25 -256 -17Q-256 -10 -268 -10H-420Z", "#e6c274", "fall"), by="near")
    bands = "".join(body(box(x, -18, 7, 36, 1), "#8f6a22", "rod") for x in (-238, -226))
    return lifted(group(button, barrel, bands, grip, tip, clip, move=move))


def linen_notebook() -> str:
    pages = body(
        box(322, 118, 336, 494, 14),
        "#f4ead4",
        "diag",
        inside="".join(line(f"M330 {y}H660", "#c9b692", 2, opacity=0.7) for y in range(600, 614, 4)),
    )
    back = body(box(312, 116, 346, 502, 18), "#1f4650")
    cover = lifted(
        body(
            box(306, 102, 346, 502, 18),
            "#2f6671",
            "weave",
            "diag",
            inside=path("M306 102H346V604H306Z", "#2a1a20", opacity=0.16)
            + line("M348 102V604", "#16343b", 3, opacity=0.6),
        ),
        by="near",
    )
    emblem = (
        circle(492, 300, 62, "none", stroke="#e6c274", stroke_width=4)
        + line("M492 262V338M470 288H514M452 316Q460 346 492 348Q524 346 532 316", "#e6c274", 6)
        + circle(492, 258, 9, "none", stroke="#e6c274", stroke_width=5)
    )
    elastic = line("M612 102V604", "#c4643f", 13) + line("M609 102V604", "#e08a66", 3)
    ribbon = path("M420 604L418 682L430 668L444 680L442 604Z", "#c4643f")
    second = lifted(
        group(
            body(
                box(0, 0, 330, 480, 18),
                "#d8a748",
                "weave",
                "diag",
                inside=path("M0 0H38V480H0Z", "#2a1a20", opacity=0.14),
            ),
            line("M290 0V480", "#7c5818", 12),
            move="translate(470 128) rotate(11)",
        )
    )
    return scene(
        "blush",
        second,
        lifted(back, pages, ribbon),
        cover,
        emblem,
        elastic,
        pen(move="translate(196 604) rotate(104) scale(.86)"),
        table=False,
    )


def brass_pen() -> str:
    sheet = lifted(
        body(box(0, 0, 470, 600, 4), "#fffaf0", "diag", inside=speckles(4, (0, 0, 470, 600), 60, "#c9b692", 1.5)),
        by="near",
    )
    flourish = line("M50 420C80 320 150 330 124 400S58 500 84 500S150 400 168 424S150 494 180 470", "#27395c", 6)
    drawing = line(
        "M96 130H340M132 130C140 168 180 184 216 184C256 184 300 168 306 130M216 130V40M216 52C256 60 280 84 290 118H216M206 60C180 78 160 96 152 118H206",
        "#27395c",
        5,
    )
    waves = line("M70 214q18 -14 36 0t36 0t36 0t36 0t36 0t36 0t36 0t36 0", "#27395c", 5, opacity=0.8)
    paper = group(sheet, drawing, waves, flourish, move="translate(236 60) rotate(-7)")
    case = lifted(
        group(
            body(box(0, 0, 96, 330, 22), "#8a5a34", "round", "diag"),
            line("M14 20V310M82 20V310", "#e6c9a0", 2.5, stroke_dasharray="8 6"),
            body(box(0, 0, 96, 84, 22), "#9c683e", "diag"),
            circle(48, 84, 11, BRASS),
            circle(45, 81, 4, "#fbe3ad"),
            move="translate(742 408) rotate(9) scale(.8)",
        )
    )
    return scene("sky", paper, case, pen(move="translate(472 505) rotate(152) scale(1.06)"), table=False)


def envelope(tissue: str, *, move: str) -> str:
    lining = body(
        "M0 0H400L200 178Z",
        tissue,
        inside="".join(
            circle(x + (18 if y % 40 else 0), y, 5, "#fff", opacity=0.55)
            for y in range(10, 190, 20)
            for x in range(10, 400, 36)
        ),
    )
    front = body("M0 0L178 150Q200 168 222 150L400 0V268H0Z", "#f7efdf", "fall") + line(
        "M4 264L160 136M396 264L240 136", "#b7a483", 2.5, opacity=0.5
    )
    return lifted(group(body(box(0, 0, 400, 268, 6), "#efe4cd"), lining, front, move=move))


def letter_set() -> str:
    sheets = "".join(
        lifted(group(body(box(0, 0, 330, 440, 3), c, "diag"), move=f"translate({x} {y}) rotate({a})"), by="near")
        for x, y, a, c in [(210, 96, -9, "#f3e9d4"), (244, 76, -4, "#fffaf0")]
    )
    writing = group(
        *(
            line(f"M40 {y}q20 -9 40 0t40 0t40 0t40 0t40 0{'t40 0' if y < 200 else ''}", "#7a869c", 4, opacity=0.75)
            for y in range(74, 230, 34)
        ),
        move="translate(244 76) rotate(-4)",
    )
    closed = group(
        body(box(0, 0, 400, 268, 6), "#e7b9a6", "diag"),
        line("M2 264L170 132M398 264L230 132", "#a96e58", 2.5, opacity=0.55),
        lifted(body("M0 0H400L222 154Q200 172 178 154Z", "#efc8b7", "fall"), by="near"),
        move="translate(366 330) rotate(6)",
    )
    petals = "".join(circle(x, y, 17, "#b23a35") for x, y in ring(0, 0, 31, 11))
    seal = lifted(
        group(
            petals,
            body(oval(0, 0, 40, 40), "#c14640", "ball"),
            circle(0, 0, 28, "none", stroke="#7d211f", stroke_width=4, stroke_opacity=0.55),
            leaf(0, 20, 42, -90, "#8f2b29"),
            leaf(0, 18, 30, -148, "#8f2b29"),
            leaf(0, 18, 30, -32, "#8f2b29"),
            move="translate(550 502)",
        ),
        by="near",
    )
    wax = lifted(
        group(
            body(box(0, 0, 250, 30, 6), "#c14640", "rod"),
            body(box(0, -3, 50, 36, 4), BRASS, "rod"),
            move="translate(150 640) rotate(-12)",
        )
    )
    stamp = lifted(
        group(
            body(box(0, 0, 72, 86, 2), "#fffaf0"),
            body(
                box(8, 8, 56, 70),
                "#5f9aa8",
                inside=circle(44, 28, 10, "#f0b54f")
                + path("M8 56q14 -10 28 0t28 0V80H8Z", "#2f6671")
                + path("M26 54H52L46 62H32Z", "#b6523a")
                + path("M38 22V50H24Z", "#fbf3e2"),
            ),
            move="translate(776 176) rotate(10)",
        ),
        by="near",
    )
    return scene(
        "sage",
        envelope("#7fa9a0", move="translate(476 120) rotate(-6)"),
        sheets,
        writing,
        lifted(closed),
        seal,
        wax,
        stamp,
        table=False,
    )


def pencil(colour: str, *, move: str) -> str:
    """A pencil that points up; its tip is at the origin."""
    shaft = body(
        box(-19, 76, 38, 390, 3),
        colour,
        inside=path("M-19 76H-7V500H-19Z", "#fff", opacity=0.28) + path("M8 76H19V500H8Z", "#2a1a20", opacity=0.22),
    )
    wood = body("M0 0L19 78Q13 88 6.5 80Q0 90 -6.5 80Q-13 88 -19 78Z", "#e6bd88", "round") + body(
        "M0 0L7.5 31Q0 35 -7.5 31Z", colour, "round"
    )
    return group(shaft, wood, move=move)


def colour_pencils() -> str:
    colours = [
        "#c8413b",
        "#e2703a",
        "#eda33c",
        "#f0cc4a",
        "#a5b84c",
        "#5d9152",
        "#3f8a86",
        "#4a86b8",
        "#3f5a96",
        "#76589c",
        "#b45a92",
        "#8a5a3c",
    ]
    tips = [150, 112, 136, 96, 124, 104, 140, 92, 130, 110, 146, 118]
    row = "".join(
        lifted(pencil(c, move=f"translate({246 + i * 42.6:.1f} {y})"), by="near")
        for i, (c, y) in enumerate(zip(colours, tips, strict=True))
    )
    tray = lifted(
        body(
            box(196, 452, 568, 190, 18),
            "#b98350",
            "rod",
            "weave",
            inside="".join(
                line(f"M196 {y}Q480 {y + d} 764 {y - d}", "#6b3f1d", 3, opacity=0.28)
                for y, d in [(480, 8), (512, -12), (548, 10), (580, -6), (616, 9)]
            ),
        )
    )
    emblem = (
        leaf(480, 598, 84, -90, "#f4e3c3") + leaf(480, 598, 66, -142, "#ead2a8") + leaf(480, 598, 66, -38, "#ead2a8")
    )
    curls = "".join(
        lifted(
            group(
                path("M0 0C30 -30 70 -20 78 12C60 -6 30 -4 12 24Z", "#eccb98"),
                path("M0 0C30 -30 70 -20 78 12", stroke=c, stroke_width=7, stroke_linecap="round"),
                move=f"translate({x} {y}) rotate({a})",
            ),
            by="near",
        )
        for x, y, a, c in [(84, 590, -20, "#c8413b"), (120, 648, 30, "#4a86b8"), (816, 600, 12, "#eda33c")]
    )
    back = ellipse(480, 640, 300, 18, "#3b2530", opacity=0.2, filter="url(#blur10)")
    return scene("butter", back, row, tray, emblem, curls, table=False)


DRAWINGS = {
    "linen-notebook": linen_notebook,
    "brass-pen": brass_pen,
    "letter-set": letter_set,
    "colour-pencils": colour_pencils,
}
