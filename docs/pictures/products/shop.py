"""The shop itself: the welcome picture, and a parcel for products that have no picture yet."""

from products.shapes import (
    HEIGHT,
    WIDTH,
    body,
    box,
    circle,
    ellipse,
    group,
    leaf,
    lifted,
    line,
    path,
    scene,
    shadow,
)


def placeholder() -> str:
    front = body("M272 330L480 392V656L272 588Z", "#cfa26c", "fall") + body(
        "M688 330L480 392V656L688 588Z", "#b98a54", "fall"
    )
    top = body("M272 330L480 276L688 330L480 392Z", "#deb987", "diag")
    tape = path("M364 306L396 298L596 354L570 364Z", "#f0dcb4", opacity=0.9) + path(
        "M570 364L596 355V412L570 420Z", "#e0c594", opacity=0.9
    )
    string = line("M376 361V622M584 361V622M376 361L584 303M584 361L376 303", "#a8482f", 7)
    bow = lifted(
        path(
            "M480 332C420 280 380 300 396 330C410 356 450 346 480 332C540 280 590 296 572 328C556 354 510 346 480 332Z",
            stroke="#a8482f",
            stroke_width=9,
        ),
        line("M480 332C460 370 440 380 424 410M480 332C500 366 520 380 532 412", "#a8482f", 8),
        circle(480, 332, 13, "#c4643f"),
        by="near",
    )
    heart = path(
        "M0 -2C-14 -30 -50 -16 -36 14C-28 30 -10 40 0 50C10 40 28 30 36 14C50 -16 14 -30 0 -2Z",
        "#fbf3e2",
        opacity=0.85,
        transform="translate(632 490) skewY(-17) scale(.9)",
    )
    sprig = lifted(
        leaf(250, 640, 92, -28, "#7f9a6a"),
        leaf(244, 644, 78, 6, "#95ad80"),
        leaf(252, 636, 74, -66, "#95ad80"),
        by="near",
    )
    return scene("sand", shadow(500, 616, 200, 30), front, top, tape, string, bow, heart, sprig)


def lighthouse() -> str:
    tower = body(
        "M-34 -250H34L56 0H-56Z",
        "#fbf3e8",
        "round",
        inside="".join(path(f"M-70 {y}H70V{y + 42}H-70Z", "#c8503c") for y in (-214, -126, -40)),
    )
    gallery = body(box(-48, -266, 96, 18, 4), "#35424d", "rod")
    lamp = body(box(-24, -316, 48, 50, 3), "#ffe7a6", "round") + line(
        "M-24 -316V-266M0 -316V-266M24 -316V-266", "#35424d", 4
    )
    roof = body("M-34 -314Q-24 -350 0 -358Q24 -350 34 -314Z", "#c8503c", "round") + line("M0 -358V-376", "#35424d", 5)
    windows = "".join(body(box(-9, y, 18, 26, 9), "#35597d") for y in (-160, -78))
    return circle(0, -292, 90, "url(#glow)") + tower + gallery + lamp + roof + windows


def shop_front() -> str:
    """The shop on the quay, 400 wide; its doorstep's middle is at the origin."""
    wall = body(
        box(-200, -262, 400, 262),
        "#f7ead3",
        "fall",
        inside="".join(line(f"M-200 {y}H200", "#c9a17c", 1.6, opacity=0.35) for y in range(-238, 0, 34)),
    )
    roof = body(
        "M-228 -258L-170 -366H170L228 -258Z",
        "#b6523a",
        "fall",
        inside="".join(
            line(
                f"M{-228 + x} -256Q{-228 + x + 14} -246 {-228 + x + 28} -256",
                "#7d321f",
                3,
                opacity=0.32,
                transform=f"translate({(r % 2) * 14} {-r * 26})",
            )
            for r in range(5)
            for x in range(-28, 480, 28)
        ),
    )
    stack = body(box(92, -410, 46, 70), "#a8482f", "round") + body(box(84, -420, 62, 18, 3), "#8f3a25", "round")
    stripes = "".join(
        path(
            f"M{-190 + i * 38} -232H{-152 + i * 38}L{-149 + i * 42 - 21} -168Q{-170 + i * 42 - 21} -148 {-191 + i * 42 - 21} -168Z",
            c,
        )
        for i in range(10)
        for c in (["#2f6671", "#fdf6e8"][i % 2],)
    )
    awning = lifted(group(stripes, path("M-190 -232H190L212 -168H-212Z", "url(#fall)")), by="near")
    door = (
        body("M-40 0V-140Q-40 -152 -28 -152H28Q40 -152 40 -140V0Z", "#2f6671", "diag")
        + body(box(-26, -138, 52, 72, 4), "#ffe7a6", "diag")
        + line("M0 -138V-66M-26 -102H26", "#2f6671", 4)
        + circle(26, -44, 5, "#e6c274")
    )
    left = body(box(-178, -146, 116, 98, 4), "#ffe3a0", "diag") + body(box(62, -146, 116, 98, 4), "#ffe3a0", "diag")
    goods = "".join(
        path(f"M{x} -50V{-50 - h}q{w / 2} -8 {w} 0V-50Z", c)
        for x, h, w, c in [
            (-170, 44, 24, "#3f7f93"),
            (-140, 60, 20, "#d9705a"),
            (-112, 36, 34, "#c99660"),
            (72, 32, 34, "#c8553d"),
            (112, 54, 22, "#1f3f55"),
            (140, 40, 28, "#7fa066"),
        ]
    )
    frames = "".join(
        path(box(x, -146, 116, 98, 4), stroke="#5b4636", stroke_width=7) + path(box(x - 8, -48, 132, 12, 3), "#7d5534")
        for x in (-178, 62)
    )
    sign = lifted(
        circle(0, -292, 44, "#fbf3e2"),
        circle(0, -292, 44, "none", stroke="#2f6671", stroke_width=6),
        line("M0 -314V-266M-16 -302H16M-26 -284Q-22 -264 0 -262Q22 -264 26 -284", "#2f6671", 6),
        circle(0, -318, 6, "none", stroke="#2f6671", stroke_width=4),
        by="near",
    )
    step = body(box(-58, -8, 116, 16, 4), "#cbbca4", "rod")
    pots = "".join(
        group(
            "".join(
                leaf(0, -40, 54, a, c)
                for a, c in [(-90, "#5f8a55"), (-50, "#79a56b"), (-130, "#79a56b"), (-20, "#5f8a55"), (-160, "#5f8a55")]
            ),
            body("M-26 -44H26L20 4H-20Z", "#c7714c", "round"),
            move=f"translate({x} 2)",
        )
        for x in (-92, 92)
    )
    return stack + roof + wall + left + goods + frames + door + awning + sign + step + pots


def sailing_boat(x: float, y: float, size: float, sail: str, hull: str) -> str:
    return group(
        ellipse(6, 44, 96, 9, "#12384a", opacity=0.3),
        body("M-6 -190V-18H-92Q-70 -130 -6 -190Z", sail, "diag"),
        body("M8 -168Q64 -100 74 -18H8Z", "#fdf6e8", "diag"),
        line("M1 -204V4", "#5b3a24", 6),
        body("M-100 0Q0 12 104 -4Q92 40 64 44H-62Q-92 38 -100 0Z", hull, "fall"),
        line("M-96 8Q0 20 100 5", "#fff", 3, opacity=0.6),
        path("M1 -204L34 -194L1 -182Z", "#c8503c"),
        move=f"translate({x} {y}) scale({size})",
    )


def hero() -> str:
    sky = path(f"M0 0H{WIDTH}V{HEIGHT}H0Z", "url(#dawn)")
    dawn = "<defs><linearGradient id='dawn' x1='0' y1='0' x2='0' y2='1'><stop offset='0' stop-color='#8fc3dc'/><stop offset='.4' stop-color='#f6dfc0'/><stop offset='.56' stop-color='#fbc9a4'/></linearGradient><linearGradient id='sea' x1='0' y1='0' x2='0' y2='1'><stop offset='0' stop-color='#6fb3c0'/><stop offset='1' stop-color='#1f5a72'/></linearGradient></defs>"
    sun = circle(250, 330, 210, "url(#glow)") + circle(250, 330, 62, "#fff0c4")
    clouds = "".join(
        group(
            ellipse(0, 0, 90, 19, "#fff"),
            ellipse(-40, -14, 46, 22, "#fff"),
            ellipse(22, -20, 54, 28, "#fff"),
            move=f"translate({x} {y}) scale({s})",
            opacity=o,
        )
        for x, y, s, o in [(150, 130, 1, 0.75), (420, 84, 0.7, 0.6), (820, 70, 0.8, 0.65)]
    )
    hills = path("M0 400Q90 300 200 356T420 372V410H0Z", "#9cb5c4") + path(
        "M0 404Q120 350 240 384T480 392V412H0Z", "#7f9fae"
    )
    sea = path("M0 400H960V720H0Z", "url(#sea)")
    glitter = "".join(
        line(f"M{250 - w} {y}H{250 + w}", "#fff0c4", 5, opacity=0.7)
        for y, w in [(412, 66), (428, 46), (444, 58), (462, 34), (482, 44), (506, 22)]
    )
    waves = "".join(
        line(f"M{x} {y}q16 -11 32 0t32 0", "#d9f0f2", 4, opacity=0.6)
        for x, y in [(60, 474), (390, 440), (60, 580), (330, 548), (180, 640), (24, 690), (360, 668), (420, 500)]
    )
    rock = path("M30 440Q60 396 110 392Q170 390 206 440Q120 456 30 440Z", "#6f7d78") + path(
        "M60 440Q80 412 116 408Q150 408 176 440Z", "#8b9891"
    )
    quay = body(
        "M470 566H960V720H430Z",
        "#c9b597",
        "fall",
        inside="".join(
            line(f"M{x} {y}h64", "#8b7457", 3, opacity=0.45)
            for y in range(600, 720, 28)
            for x in range(440 + y % 56, 960, 86)
        ),
    ) + body("M456 548H960V578H456Q446 563 456 548Z", "#ddccb0", "rod")
    bollards = "".join(
        body(f"M{x} 552V516Q{x - 8} 500 {x + 14} 498Q{x + 36} 500 {x + 28} 516V552Z", "#3c4a54", "round")
        for x in (478,)
    )
    rope = line("M490 530C440 566 400 576 372 590", "#e6d3a8", 5)
    gulls = "".join(
        line(f"M{x} {y}q{s} {-s} {2 * s} 0q{s} {-s} {2 * s} 0", "#fdf6e8", 5)
        for x, y, s in [(330, 190, 15), (394, 164, 11), (540, 60, 13), (220, 236, 10)]
    )
    crates = lifted(
        body(
            box(858, 486, 84, 66, 3),
            "#c99660",
            "diag",
            inside=line("M858 508H942M858 530H942", "#7d5534", 3, opacity=0.6),
        ),
        body(
            box(874, 430, 66, 56, 3),
            "#b98350",
            "diag",
            inside=line("M874 450H940M874 468H940", "#7d5534", 3, opacity=0.6),
        ),
        by="near",
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'>{_defs()}{dawn}"
        + "".join(
            [
                sky,
                sun,
                clouds,
                hills,
                sea,
                glitter,
                rock,
                group(lighthouse(), move="translate(116 402) scale(.62)"),
                waves,
                quay,
                group(shop_front(), move="translate(676 552) scale(1.02)"),
                crates,
                bollards,
                rope,
                sailing_boat(274, 590, 1.12, "#f3b08a", "#c8503c"),
                sailing_boat(420, 424, 0.34, "#fdf6e8", "#35597d"),
                gulls,
            ]
        )
        + "</svg>"
    )


def _defs() -> str:
    drawn = scene("sand")
    return drawn[drawn.index("<defs>") : drawn.index("</defs>") + len("</defs>")]


DRAWINGS = {"placeholder": placeholder, "hero": hero}
