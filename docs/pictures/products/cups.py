"""Ceramics to drink from."""

from products.shapes import body, box, circle, ellipse, group, lifted, line, oval, path, scene, shadow, speckles, steam

CLAY = "#c9a17c"


def mug(x: float, y: float, size: float, glaze: str, drink: str = "#4a2c1d", drip: str = "#fff8ea") -> str:
    """A mug whose foot stands at (x, y)."""
    handle = line("M116 -190C196 -206 206 -74 104 -66", glaze, 30) + line(
        "M116 -198C190 -210 196 -84 108 -76", "#fff", 5, opacity=0.3
    )
    handle += line("M116 -178C180 -190 186 -82 104 -56", "#2a1a20", 5, opacity=0.14)
    outline = "M-124 -236Q-126 -60 -104 -14Q-100 2 -78 6Q0 18 78 6Q100 2 104 -14Q126 -60 124 -236Z"
    foot = path("M-112 -34Q0 -10 112 -34V20H-112Z", CLAY) + speckles(3, (-110, -34, 220, 46), 40, "#7d5534")
    veil = path(
        "M-130 -240H130V-176Q100 -150 70 -172Q40 -190 12 -164Q-20 -140 -52 -168Q-86 -186 -130 -160Z", drip, opacity=0.22
    )
    rings = line("M-124 -120Q0 -98 124 -120M-122 -90Q0 -68 122 -90", "#2a1a20", 3, opacity=0.1)
    cup = body(
        outline, glaze, "round", inside=foot + veil + rings + speckles(7, (-124, -236, 248, 210), 90, "#2a1a20", 1.8)
    )
    mouth = body(oval(0, -236, 124, 30), glaze, "inner") + body(
        oval(0, -230, 110, 22), drink, "inner", inside=ellipse(-30, -222, 60, 10, "#b98557", opacity=0.5)
    )
    rim = line("M-124 -236A124 30 0 0 0 124 -236", "#fff", 4, opacity=0.35)
    return group(handle, cup, mouth, rim, move=f"translate({x} {y}) scale({size})")


def stoneware_mug() -> str:
    return scene(
        "sky",
        shadow(262, 562, 92),
        shadow(716, 562, 92),
        mug(262, 552, 0.8, "#d9bf97"),
        mug(704, 552, 0.8, "#4b4d52", "#5d3a26"),
        steam(476, 296),
        shadow(480, 640, 126, 18),
        mug(474, 632, 1.18, "#3f7f93"),
    )


def teapot() -> str:
    bamboo = line("M312 356C286 150 402 78 480 78C558 78 674 150 648 356", "#9a6c38", 26) + line(
        "M308 352C284 156 400 72 478 72C552 72 662 144 644 340", "#d8ab6a", 10
    )
    knots = "".join(
        line(d, "#7c5427", 5, opacity=0.7)
        for d in (
            "M292 244L320 250",
            "M352 140L374 160",
            "M440 70L446 100",
            "M540 74L532 102",
            "M614 152L592 170",
            "M668 252L640 258",
        )
    )
    spout = body("M640 470C700 452 706 352 742 318L772 334C764 420 736 520 640 556Z", "#54797a", "diag") + ellipse(
        757, 326, 18, 9, "#27393b", transform="rotate(28 757 326)"
    )
    outline = (
        "M480 316C590 316 668 386 668 468C668 552 604 612 548 620H412C356 612 292 552 292 468C292 386 370 316 480 316Z"
    )
    veil = path(
        "M280 300H680V462Q640 490 600 458Q560 430 520 470Q480 510 430 470Q390 440 350 472Q310 490 280 466Z",
        "#7fa6a2",
        opacity=0.55,
    )
    pot = body(
        outline,
        "#54797a",
        "ball",
        "round",
        inside=veil
        + path("M280 586Q480 624 680 586V640H280Z", CLAY)
        + speckles(21, (290, 316, 380, 300), 120, "#14282a"),
    )
    lid = lifted(
        body("M392 332Q480 280 568 332Q560 348 480 350Q400 348 392 332Z", "#5f8785", "round"),
        body(oval(480, 288, 24, 20), "#c79562", "ball"),
        by="near",
    )
    lugs = (
        circle(318, 362, 17, "#54797a")
        + circle(642, 362, 17, "#54797a")
        + circle(318, 362, 7, "#27393b")
        + circle(642, 362, 7, "#27393b")
    )
    cup = (
        shadow(222, 664, 62, 12)
        + body(
            "M148 566Q150 640 190 662H254Q294 640 296 566Z",
            "#e7dac2",
            "round",
            inside=speckles(4, (148, 566, 148, 100), 40, "#5a4334"),
        )
        + body(oval(222, 566, 74, 18), "#e7dac2", "inner")
        + body(oval(222, 570, 62, 12), "#b9872f", "inner")
    )
    return scene(
        "butter",
        shadow(480, 624, 150, 20),
        lifted(bamboo, knots, by="near"),
        spout,
        lugs,
        pot,
        lid,
        steam(222, 540),
        cup,
    )


def espresso_cup(x: float, y: float, glaze: str, inner: str) -> str:
    saucer = (
        shadow(0, 14, 150, 18)
        + body("M-170 -8Q-140 24 -70 28H70Q140 24 170 -8Z", glaze, "round")
        + body(oval(0, -8, 170, 30), glaze, "diag")
        + ellipse(0, -8, 96, 15, "#2a1a20", opacity=0.16)
    )
    handle = line("M92 -128C152 -140 160 -52 82 -44", glaze, 22) + line(
        "M94 -135C146 -144 152 -66 92 -54", "#fff", 4, opacity=0.35
    )
    cup = body(
        "M-104 -164Q-106 -40 -64 -8Q0 10 64 -8Q106 -40 104 -164Z",
        glaze,
        "round",
        inside=path("M-90 -34Q0 -12 90 -34V20H-90Z", CLAY)
        + speckles(int(x), (-104, -164, 208, 150), 60, "#2a1a20", 1.8),
    )
    mouth = body(oval(0, -164, 104, 25), inner, "inner") + body(
        oval(0, -158, 90, 18),
        "#5a3320",
        inside=ellipse(-4, -157, 80, 14, "#c08a4e") + ellipse(-14, -155, 50, 8, "#e0b57c"),
    )
    return group(
        saucer,
        handle,
        cup,
        mouth,
        line("M-104 -164A104 25 0 0 0 104 -164", "#fff", 4, opacity=0.4),
        move=f"translate({x} {y})",
    )


def espresso_cups() -> str:
    spoon = lifted(
        body(oval(250, 652, 34, 15), "#d9dadb", "diag"), body(box(280, 646, 150, 9, 4), "#c9cbcd", "rod"), by="near"
    )
    return scene(
        "mint",
        steam(300, 316),
        espresso_cup(300, 524, "#e6b04c", "#f7ecd7"),
        steam(610, 360),
        espresso_cup(620, 604, "#d9705a", "#f7ecd7"),
        spoon,
    )


DRAWINGS = {"stoneware-mug": stoneware_mug, "teapot": teapot, "espresso-cups": espresso_cups}
