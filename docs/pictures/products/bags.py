"""Bags, and what travels in them."""

from products.shapes import body, box, circle, ellipse, group, leaf, lifted, line, oval, path, scene, shadow

LEATHER, LEATHER_DARK, BRASS = "#a5683b", "#7c4a26", "#d2a044"


def strap(d: str, width: float = 22) -> str:
    return (
        line(d, LEATHER_DARK, width)
        + line(d, LEATHER, width - 6)
        + line(d, "#e6c9a0", 1.8, stroke_dasharray="8 7", opacity=0.8)
    )


def rivets(*places: tuple[float, float]) -> str:
    return "".join(
        circle(x + 1, y + 2, 8, "#2a1a20", opacity=0.3)
        + circle(x, y, 8, BRASS)
        + circle(x - 2.5, y - 2.5, 2.8, "#fbe3ad")
        for x, y in places
    )


def daisy(x: float, y: float, size: float, petal: str) -> str:
    petals = "".join(
        group(body("M0 0C-16 -18 -14 -46 0 -54C14 -46 16 -18 0 0Z", petal, "fall"), move=f"rotate({a})")
        for a in range(0, 360, 40)
    )
    return group(
        petals,
        body(oval(0, 0, 17, 17), "#e2a03a", "ball"),
        move=f"translate({x} {y}) scale({size})",
        filter="url(#near)",
    )


def canvas_tote() -> str:
    flowers = (
        "".join(
            line(d, "#5c7a48", 7)
            for d in ("M350 340Q340 240 316 176", "M390 340Q394 220 402 128", "M430 340Q450 250 476 190")
        )
        + leaf(336, 262, 90, -160, "#6b8f55")
        + leaf(398, 236, 84, -30, "#7fa066")
        + leaf(444, 272, 84, -18, "#6b8f55")
        + leaf(372, 300, 80, -130, "#7fa066")
        + daisy(314, 166, 1, "#fdf8ec")
        + daisy(404, 120, 1.15, "#f0a28d")
        + daisy(480, 186, 0.95, "#fdf8ec")
    )
    loaf = lifted(
        group(
            body(
                box(-38, -210, 76, 330, 38),
                "#c98a46",
                "round",
                inside="".join(
                    path(f"M-24 {y}Q10 {y + 4} 26 {y + 34}Q-8 {y + 32} -24 {y}Z", "#f3d9a4")
                    for y in (-176, -126, -76, -26)
                ),
            ),
            move="translate(574 330) rotate(14)",
        ),
        by="near",
    )
    back = strap("M386 330C380 180 420 150 480 150C540 150 580 180 574 330", 20)
    outline = (
        "M264 312Q480 330 696 312Q704 480 716 616Q716 634 696 636Q480 652 264 636Q244 634 244 616Q256 480 264 312Z"
    )
    sail = group(
        path("M470 404V528H392Q412 448 470 404Z", "#c4643f"),
        path("M488 424Q546 480 560 528H488Z", "#35597d"),
        path("M376 542H584L552 584H408Z", "#27395c"),
        path("M330 596q25 -14 50 0t50 0t50 0t50 0t50 0t50 0", stroke="#35597d", stroke_width=7, stroke_linecap="round"),
    )
    creases = group(
        path("M300 330Q330 480 288 636H320Q352 480 322 330Z", "#2a1a20"),
        path("M650 330Q620 480 668 636H636Q602 480 628 330Z", "#2a1a20"),
        opacity=0.14,
        filter="url(#blur4)",
    )
    hem = line("M262 348Q480 366 698 348", "#a98f63", 2.5, stroke_dasharray="9 6") + line(
        "M264 316Q480 334 696 316", "#fffaf0", 5, opacity=0.6
    )
    bag = body(outline, "#efe3c8", "weave", "drape", "fall", inside=creases + sail + hem)
    mouth = path("M264 312Q480 286 696 312Q480 332 264 312Z", "#a98f63")
    front = lifted(strap("M372 400V330C366 196 420 176 480 176C540 176 594 196 588 330V400"), by="near")
    return scene(
        "sky",
        shadow(480, 640, 226, 20),
        lifted(back, by="near"),
        mouth,
        flowers,
        loaf,
        bag,
        front,
        rivets((372, 352), (372, 388), (588, 352), (588, 388)),
    )


def weekender_bag() -> str:
    outline = "M226 340Q232 304 270 300H690Q728 304 734 340Q768 480 744 592Q738 624 704 626H256Q222 624 216 592Q192 480 226 340Z"
    base = (
        path("M190 520Q480 546 770 520V640H190Z", LEATHER_DARK)
        + path("M190 526Q480 552 770 526V540Q480 566 190 540Z", LEATHER, opacity=0.8)
        + line("M200 552Q480 578 760 552", "#e6c9a0", 2.5, stroke_dasharray="9 7")
    )
    creases = group(
        path("M300 320Q280 440 320 560L344 560Q310 440 326 320Z", "#1c2a24"),
        path("M656 320Q684 440 640 560L616 560Q650 440 630 320Z", "#1c2a24"),
        opacity=0.25,
        filter="url(#blur4)",
    )
    pocket = body(
        box(352, 386, 256, 156, 12),
        "#4f6b57",
        "weave",
        "fall",
        inside=line("M362 396H598V560M362 396V560", "#c9c39a", 2.5, stroke_dasharray="8 6", opacity=0.7),
    )
    bag = body(outline, "#45604d", "weave", "round", "fall", inside=creases + pocket + base)
    zip_line = (
        line("M262 314Q480 286 698 314", "#2c2f2d", 15)
        + line("M262 314Q480 286 698 314", BRASS, 8, stroke_dasharray="4 4")
        + lifted(
            group(
                body(box(-14, -8, 42, 16, 6), BRASS, "fall"),
                body(box(-26, 4, 16, 52, 7), LEATHER, "fall"),
                move="translate(600 300)",
            ),
            by="near",
        )
    )
    back_handle = strap("M356 330C360 176 420 150 480 150C540 150 600 176 604 330", 22)
    front_handle = lifted(
        strap("M352 540V400C350 236 410 190 480 190C550 190 610 236 608 400V540", 26),
        body(box(440, 172, 80, 38, 16), LEATHER_DARK, "rod"),
        by="near",
    )
    tag = lifted(
        line("M352 420L300 452", LEATHER_DARK, 5),
        group(
            body("M0 -40Q0 -54 14 -54H34Q48 -54 48 -40V44Q48 56 36 56H12Q0 56 0 44Z", LEATHER, "fall"),
            body(box(10, -18, 28, 54, 4), "#f3e7cf"),
            circle(24, -36, 5, "#2a1a20", opacity=0.6),
            move="translate(276 500) rotate(10)",
        ),
        by="near",
    )
    rings = circle(222, 384, 19, "none", stroke=BRASS, stroke_width=9) + circle(
        738, 384, 19, "none", stroke=BRASS, stroke_width=9
    )
    knot = body(oval(0, 0, 19, 16), "#c4643f", "ball")
    tails = body("M-6 0C-30 40 -36 84 -30 132L8 124C2 84 6 44 12 4Z", "#d9705a", "drape", "weave") + body(
        "M4 0C34 34 48 70 50 112L84 96C76 56 48 24 16 -4Z", "#e58d74", "drape", "weave"
    )
    scarf = lifted(
        group(
            tails, body("M-20 -12Q0 -30 22 -12L16 10H-14Z", "#d9705a", "rod"), knot, move="translate(586 226) rotate(8)"
        ),
        by="near",
    )
    return scene(
        "sand",
        shadow(480, 630, 262, 20),
        lifted(back_handle, by="near"),
        rings,
        bag,
        zip_line,
        front_handle,
        rivets((352, 424), (608, 424), (352, 520), (608, 520)),
        tag,
        scarf,
    )


def bottle(x: float, y: float, size: float, coat: str, loop: str) -> str:
    outline = "M-58 -420Q-58 -380 -92 -340Q-108 -320 -108 -290V-24Q-108 0 -84 0H84Q108 0 108 -24V-290Q108 -320 92 -340Q58 -380 58 -420Z"
    foot = path("M-120 -30Q0 -18 120 -30V10H-120Z", "#c9ced1")
    emblem = group(
        path("M-4 -226V-140H-58Q-44 -196 -4 -226Z", "#fff"),
        path("M6 -214Q46 -176 56 -140H6Z", "#fff"),
        path("M-64 -128H64L44 -100H-44Z", "#fff"),
        opacity=0.85,
    )
    flask = body(outline, coat, "round", inside=foot + emblem)
    neck = body(box(-52, -440, 104, 26, 4), "#c9ced1", "metal")
    lid = body("M-60 -440V-500Q-60 -518 -42 -518H42Q60 -518 60 -500V-440Q0 -428 -60 -440Z", "#3c4449", "round")
    handle = line("M-34 -508C-40 -580 40 -580 34 -508", loop, 17) + line(
        "M-34 -516C-36 -572 30 -576 32 -520", "#fff", 4, opacity=0.35
    )
    return group(shadow(0, 2, 108, 15), handle, flask, neck, lid, move=f"translate({x} {y}) scale({size})")


def steel_bottle() -> str:
    drops = "".join(
        ellipse(x, y, r, r * 1.25, "#fff", opacity=0.5)
        for x, y, r in [
            (330, 400, 4),
            (346, 460, 5),
            (322, 520, 3.5),
            (362, 560, 4),
            (438, 430, 4),
            (452, 500, 3),
            (428, 560, 5),
            (372, 372, 3),
            (400, 596, 4),
        ]
    )
    mint = lifted(
        leaf(754, 672, 74, -150, "#6d9a5c"),
        leaf(754, 672, 70, -40, "#5f8a55"),
        leaf(754, 674, 64, -94, "#7fae6b"),
        by="near",
    )
    ice = "".join(
        lifted(
            group(
                body(box(-30, -30, 60, 60, 10), "#d9eef2", "diag"),
                path("M-30 -14L-16 -30H-30Z", "#fff"),
                move=f"translate({x} {y}) rotate({a})",
                opacity=0.9,
            ),
            by="near",
        )
        for x, y, a in [(190, 640, 14), (248, 668, -20)]
    )
    return scene(
        "blush",
        bottle(610, 600, 0.98, "#e0735c", "#3c4449"),
        bottle(386, 650, 1.06, "#2f8088", "#3c4449"),
        drops,
        ice,
        mint,
    )


DRAWINGS = {"canvas-tote": canvas_tote, "weekender-bag": weekender_bag, "steel-bottle": steel_bottle}
