"""Soft things for the house: cushions, throws, towels."""

from products.shapes import body, box, circle, group, lifted, line, path, scene, shadow


def cushion(x: float, y: float, size: float, angle: float, cloth: str, piping: str) -> str:
    outline = "M-196 -190Q0 -160 196 -190Q206 -186 204 -176Q172 0 204 176Q206 186 196 190Q0 160 -196 190Q-206 186 -204 176Q-172 0 -204 -176Q-206 -186 -196 -190Z"
    dents = group(
        path("M-190 -180Q-90 -110 -60 -30Q-130 -80 -190 -180Z", "#2a1a20"),
        path("M190 -180Q96 -110 70 -30Q136 -84 190 -180Z", "#2a1a20"),
        path("M190 180Q90 110 66 40Q136 84 190 180Z", "#2a1a20"),
        path("M-190 180Q-100 110 -66 46Q-136 90 -190 180Z", "#2a1a20"),
        opacity=0.16,
        filter="url(#blur10)",
    )
    soft = body(outline, cloth, "weave", "ball", inside=dents)
    edge = path(outline, stroke=piping, stroke_width=9, stroke_linejoin="round") + path(
        outline, stroke="#fff", stroke_width=2.5, stroke_opacity=0.35, stroke_linejoin="round"
    )
    return group(soft, edge, move=f"translate({x} {y}) rotate({angle}) scale({size})", filter="url(#far)")


def linen_cushion() -> str:
    stripes = "".join(line(f"M{x} -180V180", "#f3e7d1", 5, opacity=0.85) for x in (-66, -50, 50, 66))
    back = cushion(584, 384, 1.0, 7, "#93a58a", "#6f8367")
    front = cushion(386, 424, 1.0, -5, "#c4643f", "#9a4527") + group(
        stripes, move="translate(386 424) rotate(-5)", opacity=0.6
    )
    return scene("sand", shadow(600, 588, 190, 20), back, shadow(390, 624, 200, 22), front)


def fringe(x: float, y: float, number: int, step: float, colour: str) -> str:
    return "".join(
        line(f"M{x + i * step:g} {y}q{(-3, 3, 1)[i % 3]} 16 {(2, -2, 4)[i % 3]} 34", colour, 5) for i in range(number)
    )


def wool_throw() -> str:
    blue, pale, cream = "#46688a", "#7d9ab5", "#efe6d2"
    plaid = "".join(
        line(f"M{x} 100V700", cream, w, opacity=o)
        for x, w, o in [(308, 20, 0.28), (346, 5, 0.6), (452, 20, 0.28), (490, 5, 0.6), (596, 20, 0.28), (634, 5, 0.6)]
    )
    layers = "".join(
        lifted(
            body(
                f"M246 {y}Q228 {y + 28} 246 {y + 58}H716Q738 {y + 30} 716 {y}Z",
                c,
                "weave",
                "rod",
                inside=group(plaid, opacity=0.8),
            ),
            by="near",
        )
        for y, c in [(574, blue), (520, "#537596"), (466, blue)]
    )
    top = body(
        "M246 470L312 380H660L716 470Q726 480 716 488H246Q236 480 246 470Z",
        pale,
        "weave",
        "diag",
        inside=group(plaid, line("M270 440H700", cream, 16, opacity=0.35), line("M290 412H690", cream, 5, opacity=0.7)),
    )
    drop = "M330 384H500L512 470L508 604H330L322 470Z"
    flap = lifted(
        body(
            drop,
            "#5d7f9f",
            "weave",
            "drape",
            "fall",
            inside=plaid
            + line("M310 500H520M310 566H520", cream, 18, opacity=0.3)
            + line("M310 532H520", cream, 5, opacity=0.6),
        ),
        fringe(338, 600, 15, 11.6, cream),
        by="near",
    )
    stool = (
        body(box(206, 632, 548, 34, 12), "#b98350", "rod")
        + body("M258 664H292L284 800H246Z", "#a06d3e", "round")
        + body("M668 664H702L714 800H676Z", "#a06d3e", "round")
    )
    cup = group(
        line("M44 -60C80 -66 80 -18 38 -16", "#d9705a", 12),
        body("M-50 -84Q-50 -10 -30 -2Q0 6 30 -2Q50 -10 50 -84Z", "#d9705a", "round"),
        body("M-50 -84A50 12 0 1 1 50 -84A50 12 0 1 1 -50 -84Z", "#7d3a2a", "inner"),
        move="translate(608 428)",
        filter="url(#near)",
    )
    return scene(
        "lilac",
        group(
            shadow(480, 796, 220, 12),
            stool,
            shadow(480, 634, 230, 10),
            layers,
            top,
            flap,
            cup,
            move="translate(-72 -134) scale(1.15)",
        ),
    )


def towel(x: float, colour: str, stripe: str, bands: tuple[int, ...], length: int) -> str:
    outline = f"M{x} 170Q{x + 92} 160 {x + 184} 170L{x + 190} {length}Q{x + 92} {length + 12} {x - 6} {length}Z"
    stripes = "".join(
        line(f"M{x - 10} {length - up}Q{x + 92} {length - up + 12} {x + 196} {length - up}", stripe, w)
        for up, w in zip(bands, (22, 7, 7, 22, 7), strict=False)
    )
    loop = line(f"M{x + 92} 168V148", stripe, 6)
    hem = line(
        f"M{x - 2} {length - 14}Q{x + 92} {length - 2} {x + 186} {length - 14}",
        "#2a1a20",
        2,
        opacity=0.25,
        stroke_dasharray="6 5",
    )
    return loop + lifted(body(outline, colour, "weave", "drape", "fall", inside=stripes + hem))


def tea_towels() -> str:
    rail = lifted(
        body(box(120, 138, 720, 20, 10), "#c79562", "rod"),
        *(circle(x, 148, 20, "#b98a3e") + circle(x - 5, 142, 7, "#f3d79a") for x in (136, 824)),
        by="near",
    )
    return scene(
        "mint",
        towel(172, "#f5eedf", "#c4643f", (70, 104, 126), 570),
        towel(388, "#f7f1e4", "#35597d", (60, 96, 116, 150, 186), 622),
        towel(604, "#f3ebd8", "#6f8a54", (70, 104, 126), 556),
        rail,
        table=False,
    )


DRAWINGS = {"linen-cushion": linen_cushion, "wool-throw": wool_throw, "tea-towels": tea_towels}
