"""A hat that stands, an apron that hangs."""

from products.shapes import body, box, circle, ellipse, folds, group, lifted, line, scene, shadow


def beanie(x: float, y: float, size: float, wool: str, cuff: str) -> str:
    dome = "M-150 60Q-158 -150 0 -168Q158 -150 150 60Z"
    curves = "".join(
        line(f"M{i * 27} 70Q{i * 27} -70 {i * 6} -166", "#2a1a20", 5, opacity=0.16)
        + line(f"M{i * 27 + 12} 70Q{i * 27 + 12} -70 {i * 6 + 3} -166", "#fff", 5, opacity=0.13)
        for i in range(-6, 7)
    )
    band = "M-164 26Q0 56 164 26Q174 70 164 122Q0 156 -164 122Q-174 70 -164 26Z"
    hat = (
        body(dome, wool, "ball", inside=curves)
        + lifted(body(band, cuff, "rib", "round"), by="near")
        + body(box(90, 62, 44, 34, 4), "#f3e7cf", "weave", inside=line("M101 86Q112 66 123 86M112 70V88", "#6b5a48", 3))
    )
    return group(hat, move=f"translate({x} {y}) scale({size})")


def wool_beanie() -> str:
    return scene(
        "slate",
        shadow(290, 556, 118),
        shadow(680, 556, 118),
        beanie(290, 460, 0.72, "#34476b", "#2d3f61"),
        beanie(680, 460, 0.72, "#e0d2b8", "#d8c8ab"),
        shadow(480, 628, 176, 18),
        beanie(480, 490, 1.06, "#dba43a", "#d39a2e"),
    )


def canvas_apron() -> str:
    outline = "M402 190Q480 206 558 190Q566 300 650 344L662 628Q480 652 298 628L310 344Q394 300 402 190Z"
    olive, leather = "#6f7a4a", "#a5693c"
    straps = line("M414 198Q420 110 472 92M546 198Q540 110 488 92", leather, 13) + line(
        "M414 198Q420 110 472 92M546 198Q540 110 488 92", "#c98d5a", 4, opacity=0.7
    )
    ties = line("M312 352Q238 372 236 470Q234 530 262 566M648 352Q722 372 724 470Q726 530 698 566", "#5b653b", 11)
    pockets = body(
        box(352, 430, 256, 128, 8),
        "#78844f",
        "weave",
        "fall",
        inside=line("M480 432V556", "#434b2b", 3) + line("M362 442H598", "#d9cf9f", 2, stroke_dasharray="7 6"),
    )
    chest = body(
        box(438, 262, 84, 84, 6),
        "#78844f",
        "weave",
        "fall",
        inside=line("M446 272H514", "#d9cf9f", 2, stroke_dasharray="6 5"),
    )
    spoon = group(
        ellipse(0, -92, 17, 26, "#d8a873"),
        body(box(-6, -72, 12, 130, 5), "#c99660", "round"),
        move="translate(408 440) rotate(-10)",
    )
    towel = lifted(
        body(
            "M582 400H640Q646 500 638 590H588Q580 500 582 400Z",
            "#f0e7d5",
            "drape",
            "weave",
            inside=line("M580 560H642M580 572H642", "#b8523a", 5),
        ),
        by="near",
    )
    stitch = line("M410 200Q480 214 550 200M310 616Q480 640 650 616", "#d9cf9f", 2.5, stroke_dasharray="8 6")
    apron = body(
        outline,
        olive,
        "drape",
        "weave",
        "fall",
        inside=folds(
            "M360 380Q366 520 340 636L372 642Q392 520 380 380Z", "M610 380Q596 520 616 638L590 642Q574 520 590 380Z"
        )
        + stitch,
    )
    rivets = "".join(
        circle(x, y, 7, "#d6a14f") + circle(x - 2, y - 2, 2.5, "#fbe3ad")
        for x, y in [(414, 206), (546, 206), (322, 360), (638, 360), (360, 440)]
    )
    peg = circle(480, 88, 16, "#b98a3e") + circle(475, 83, 6, "#f3d79a")
    return scene(
        "sand",
        lifted(ties, straps),
        lifted(apron),
        peg,
        spoon,
        lifted(pockets, chest, by="near"),
        towel,
        rivets,
        table=False,
    )


DRAWINGS = {"wool-beanie": wool_beanie, "canvas-apron": canvas_apron}
