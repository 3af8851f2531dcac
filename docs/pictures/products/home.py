"""For the house: things that stand on a table or a windowsill."""

from products.shapes import body, box, circle, ellipse, group, leaf, lifted, line, oval, path, scene, shadow


def soy_candle() -> str:
    glow = circle(480, 250, 210, "url(#glow)", opacity=0.75)
    flame = path(
        "M480 166C512 214 524 244 508 268Q496 286 480 286Q464 286 452 268C436 244 462 222 480 166Z", "#f8a93b"
    ) + path("M480 214C498 240 502 256 494 270Q488 280 480 280Q472 280 466 270C458 256 470 242 480 214Z", "#fff1b8")
    wax = path("M350 372H610V640H350Z", "#f1d9a6", opacity=0.55) + path(
        "M350 372H610V430Q480 470 350 430Z", "#fff0c0", opacity=0.45
    )
    glass = body("M346 296V600Q346 632 378 634H582Q614 632 614 600V296Z", "#a85a24", "round", inside=wax)
    mouth = (
        body(oval(480, 296, 134, 26), "#8a4518", "inner")
        + ellipse(480, 296, 134, 26, "none", stroke="#e2a565", stroke_width=5)
        + ellipse(480, 304, 112, 17, "#f7dfae")
        + ellipse(480, 303, 56, 9, "#fff6d6")
        + line("M480 304V270", "#3a2a22", 6)
    )
    label = lifted(
        body(
            "M398 438Q480 452 562 438V562Q480 576 398 562Z",
            "#f8f0df",
            "round",
            inside=group(
                leaf(480, 548, 88, -90, "#6d8a58"),
                leaf(480, 548, 70, -142, "#86a26d"),
                leaf(480, 548, 70, -38, "#86a26d"),
            ),
        ),
        by="near",
    )
    shine = line("M370 330V590", "#fff", 9, opacity=0.35)
    lid = (
        shadow(734, 652, 92, 13)
        + body("M644 618V644Q734 668 824 644V618Z", "#b5854c", "round")
        + body(oval(734, 618, 90, 21), "#cfa068", "diag")
        + ellipse(734, 618, 62, 13, "none", stroke="#8d6239", stroke_width=3, stroke_opacity=0.4)
    )
    matches = lifted(
        *(
            group(
                body(box(0, 0, 118, 8, 2), "#e3c493", "rod"),
                circle(120, 4, 8, "#a63c2e"),
                move=f"translate({x} {y}) rotate({a})",
            )
            for x, y, a in [(150, 632, 12), (166, 668, -10)]
        ),
        by="near",
    )
    return scene(
        "clay",
        glow,
        shadow(480, 634, 132, 17),
        glass,
        mouth,
        label,
        shine,
        flame,
        circle(480, 240, 90, "url(#glow)", opacity=0.6),
        lid,
        matches,
    )


def seagrass_basket() -> str:
    rows, columns = range(14), range(-1, 14)
    weave = "".join(
        ellipse(
            250 + col * 37 + (18 if row % 2 else 0),
            316 + row * 25,
            21,
            11.5,
            ["#d8b478", "#caa263", "#e2c28b"][(col + row) % 3],
            stroke="#7d5a2a",
            stroke_opacity=0.4,
            stroke_width=2.5,
        )
        for row in rows
        for col in columns
    )
    basket = body(
        "M262 300A218 46 0 0 0 698 300Q722 490 644 616Q480 656 316 616Q238 490 262 300Z",
        "#b98d4f",
        "round",
        "fall",
        inside=weave,
    )
    mouth = body(oval(480, 300, 218, 46), "#7d5a2a", "inner")
    hoop = "".join(
        line(d, "#dfbf85", 17) + line(d, "#8d6430", 17, stroke_dasharray="1 17", opacity=0.5)
        for d in ("M262 300A218 46 0 0 1 698 300",)
    )
    front = hoop.replace("0 0 1 698", "0 0 0 698")
    blanket = body(
        "M300 330C270 230 330 180 400 196C430 140 520 130 560 170C640 160 690 230 662 330Q480 370 300 330Z",
        "#d9705a",
        "diag",
        "weave",
    )
    creases = line(
        "M338 340C330 270 372 226 424 232C470 236 470 280 520 290M404 198C440 206 452 232 446 262M560 172C520 180 490 210 500 250",
        "#8f3a28",
        8,
        opacity=0.28,
    )
    corner = body(
        "M520 200Q600 176 646 232Q676 290 664 470L566 482Q568 330 520 200Z",
        "#e58d74",
        "drape",
        "weave",
        inside=line("M560 428L672 416M560 446L672 434", "#fbe3cf", 6),
    )
    tassels = "".join(line(f"M{572 + i * 9.6:.0f} {482 - i * 1.2:.0f}q2 12 -2 26", "#f0b29c", 4) for i in range(10))
    clip = "<clipPath id='mouth'><path d='M0 0H960V300H698A218 46 0 0 1 262 300H0Z'/></clipPath>"
    handle = "".join(
        line(d, "#a97a3f", 20) + line(d, "#e2c28b", 20, stroke_dasharray="2 16", opacity=0.8)
        for d in ("M282 380C190 362 190 492 292 480", "M678 380C770 362 770 492 668 480")
    )
    return scene(
        "sage",
        shadow(480, 632, 182, 20),
        lifted(handle, by="near"),
        mouth,
        hoop,
        clip + group(blanket, creases, clip_path="url(#mouth)"),
        basket,
        front,
        lifted(corner, tassels, by="near"),
    )


def watering_can() -> str:
    enamel, trim = "#f3efe4", "#2f5d7c"
    spout = body("M620 560C700 520 716 380 770 268L800 284C776 400 740 560 626 618Z", enamel, "diag") + lifted(
        body("M752 252L820 288Q826 296 816 300L742 264Q742 252 752 252Z", trim, "diag"), by="near"
    )
    brace = line("M612 388L744 352", enamel, 13) + line("M612 384L744 348", "#fff", 4)
    outline = "M330 330Q480 356 632 330L652 604Q652 626 630 632Q480 652 332 632Q310 626 310 604Z"
    band = path("M300 588H660V650H300Z", trim) + line("M318 368Q480 394 644 368", trim, 5)
    can = body(
        outline,
        enamel,
        "round",
        inside=band
        + group(
            leaf(480, 540, 120, -90, "#5f8a55"), leaf(480, 544, 96, -140, "#79a56b"), leaf(480, 544, 96, -40, "#79a56b")
        ),
    )
    collar = (
        body(oval(481, 330, 151, 26), "#d9d3c2", "inner")
        + ellipse(481, 330, 151, 26, "none", stroke=trim, stroke_width=8)
        + body("M340 322Q350 274 480 268Q560 270 600 306Q540 330 470 334Q390 340 340 322Z", enamel, "round")
    )
    handle = (
        line("M352 320C300 150 560 110 612 320", enamel, 24)
        + line("M350 308C310 156 548 124 604 296", "#fff", 6, opacity=0.7)
        + line("M316 410C196 372 176 580 316 560", enamel, 22)
        + line("M312 404C200 370 176 570 300 552", "#fff", 5, opacity=0.8)
    )
    sprig = "".join(
        leaf(x, y, n, a, c)
        for x, y, n, a, c in [
            (150, 560, 130, -100, "#4f7d47"),
            (154, 556, 120, -60, "#6d9a5c"),
            (146, 556, 116, -140, "#6d9a5c"),
            (150, 560, 90, -20, "#4f7d47"),
            (146, 560, 90, -166, "#4f7d47"),
        ]
    )
    pot = (
        shadow(150, 656, 72, 12)
        + sprig
        + body("M84 566H216L202 644Q200 656 188 656H112Q100 656 98 644Z", "#c7714c", "round")
        + body(box(76, 544, 148, 32, 6), "#d58460", "round")
    )
    drops = "".join(
        path(f"M{x} {y}q-13 22 0 30q13 -8 0 -30Z", "#6fb1cf", opacity=0.85)
        for x, y in [(826, 330), (850, 372), (824, 402), (862, 436), (838, 470)]
    )
    return scene("sky", shadow(480, 636, 162, 18), spout, brace, lifted(handle, by="near"), collar, can, drops, pot)


DRAWINGS = {
    "soy-candle": soy_candle,
    "seagrass-basket": seagrass_basket,
    "watering-can": watering_can,
}
