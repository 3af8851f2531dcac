"""Coffee and tea, and what they are brewed in."""

from products.shapes import (
    bean,
    body,
    box,
    circle,
    ellipse,
    group,
    leaf,
    lifted,
    line,
    oval,
    path,
    ring,
    scene,
    shadow,
    speckles,
    steam,
)

POUCH = "M312 150Q480 138 648 150Q640 210 654 300Q668 480 646 622Q480 646 314 622Q292 480 306 300Q320 210 312 150Z"


def pouch(foil: str, band: str, emblem: str) -> str:
    """A standing coffee pouch with a valve, a folded top and a label."""
    gussets = path("M306 300Q350 470 330 640H290V300Z", "#2a1a20", opacity=0.16) + path(
        "M654 300Q610 470 630 640H670V300Z", "#2a1a20", opacity=0.2
    )
    bottom = line("M318 590Q480 640 642 590", "#2a1a20", 4, opacity=0.25)
    creases = line("M322 196Q480 214 638 196", "#2a1a20", 4, opacity=0.22) + line(
        "M322 202Q480 220 638 202", "#fff", 3, opacity=0.25
    )
    seal = path("M300 140H660V178Q480 190 300 178Z", band) + line(
        "M310 186Q480 198 650 186", "#fff", 2, opacity=0.3, stroke_dasharray="4 5"
    )
    valve = circle(480, 240, 15, "#2a1a20", opacity=0.2) + "".join(
        circle(x, y, 2.6, "#2a1a20", opacity=0.55) for x, y in ring(480, 240, 7, 5)
    )
    label = lifted(body(box(366, 286, 228, 264, 16), "#fbf3e2", "diag", inside=emblem), by="near")
    return (
        shadow(480, 634, 176, 18)
        + body(POUCH, foil, "round", "fall", inside=gussets + bottom + seal + creases + valve)
        + label
    )


def cup_of_coffee(x: float, y: float, colour: str) -> str:
    return group(
        shadow(0, 4, 66, 12),
        line("M66 -74C112 -80 112 -22 58 -20", colour, 15),
        body("M-74 -96Q-74 -20 -44 -2Q0 8 44 -2Q74 -20 74 -96Z", colour, "round"),
        body(oval(0, -96, 74, 17), "#f3e9d6", "inner"),
        body(oval(0, -92, 64, 12), "#4a2c1d", "inner"),
        move=f"translate({x} {y})",
    )


def harbor_blend() -> str:
    sea = (
        path("M360 460Q390 444 420 460T480 460T540 460T600 460V560H360Z", "#4f8fa3")
        + path("M360 486Q390 470 420 486T480 486T540 486T600 486V560H360Z", "#2f6d84")
        + path("M360 514Q390 498 420 514T480 514T540 514T600 514V560H360Z", "#215467")
    )
    boat = (
        path("M418 444H542L520 478H440Z", "#b6523a")
        + path("M476 320V438H424Q440 370 476 320Z", "#f0dcb4")
        + path("M486 342Q528 390 538 438H486Z", "#e3b45c")
        + line("M481 310V446", "#5b3a24", 5)
    )
    sun = circle(540, 344, 27, "#eaa13c")
    beans = "".join(
        bean(x, y, a, s, c)
        for x, y, a, s, c in [
            (206, 618, 20, 1.25, "#5b3524"),
            (248, 650, -30, 1.3, "#6a3f2a"),
            (168, 654, 70, 1.2, "#4f2d1e"),
            (292, 668, 10, 1.15, "#5b3524"),
            (214, 684, -10, 1.2, "#6a3f2a"),
        ]
    )
    return scene(
        "sand",
        pouch("#1f3f55", "#17303f", sun + boat + sea),
        steam(764, 494),
        cup_of_coffee(764, 650, "#d9705a"),
        beans,
    )


def cherry(x: float, y: float, r: float, colour: str = "#c8413b") -> str:
    return body(oval(x, y, r, r * 1.08), colour, "ball") + circle(x - r * 0.1, y + r * 0.88, r * 0.16, "#6e1d20")


def guji_coffee() -> str:
    hills = path("M360 470Q420 410 470 446Q520 380 600 440V560H360Z", "#7fa066") + path(
        "M360 506Q440 450 510 490Q560 470 600 484V560H360Z", "#55804d"
    )
    rays = "".join(line(f"M480 400L{x:.0f} {y:.0f}", "#f2c45c", 8) for x, y in ring(480, 400, 112, 20))
    sun = circle(480, 400, 74, "#fbf3e2") + circle(480, 400, 66, "#e8893c")
    branch = lifted(
        line("M660 662Q742 596 852 600", "#6b4a2c", 9),
        leaf(722, 622, 130, -104, "#4f7d47"),
        leaf(772, 604, 130, -62, "#5f9152"),
        leaf(838, 600, 100, -16, "#4f7d47"),
        leaf(744, 616, 104, 52, "#5f9152"),
        cherry(712, 644, 25),
        cherry(758, 636, 27, "#d9553f"),
        cherry(800, 622, 25),
        cherry(738, 676, 23, "#b5332f"),
        by="near",
    )
    beans = (
        bean(206, 640, 24, 1.3, "#7b4a2f") + bean(252, 668, -30, 1.3, "#6a3f2a") + bean(166, 672, 60, 1.2, "#7b4a2f")
    )
    return scene("blush", pouch("#c8553d", "#a9432f", rays + sun + hills), branch, beans)


def sencha_tea() -> str:
    waves = "".join(
        circle(330 + 60 * col + (30 if row % 2 else 0), 600 - 30 * row, r, "none", stroke="#dbe6c4", stroke_width=4)
        for row in range(4)
        for col in range(-1, 7)
        for r in (28, 18, 8)
    )
    crest = (
        circle(450, 372, 66, "#f4eeda")
        + leaf(450, 416, 92, -90, "#5f8a45")
        + leaf(450, 420, 72, -144, "#7aa653")
        + leaf(450, 420, 72, -36, "#7aa653")
    )
    tin = body("M322 262V622Q450 652 578 622V262Z", "#4d6f42", "round", inside=group(waves, opacity=0.4) + crest)
    lid = (
        body(
            "M314 190V292Q450 320 586 292V190Z",
            "#3f5d36",
            "round",
            inside=line("M314 282Q450 310 586 282", "#c9a04e", 8),
        )
        + body(oval(450, 190, 136, 26), "#5a7f4d", "diag")
        + body(oval(450, 184, 22, 9), "#c9a04e", "diag")
    )
    bowl = (
        shadow(722, 654, 80, 13)
        + body(
            "M620 540Q626 640 690 654H754Q818 640 824 540Z",
            "#e9dfca",
            "round",
            inside=speckles(2, (620, 540, 204, 112), 50, "#5a4334")
            + path("M610 530H834V560Q790 584 750 562Q700 540 610 570Z", "#8aa7a0", opacity=0.6),
        )
        + body(oval(722, 540, 102, 24), "#efe6d4", "inner")
        + body(oval(722, 546, 88, 18), "#a9bd4d", "inner", inside=ellipse(702, 552, 46, 7, "#cfdc7c"))
    )
    leaves = "".join(
        line(f"M{x} {y}q{dx} -10 {dx * 2} {dy}", c, 6)
        for x, y, dx, dy, c in [
            (196, 630, 16, 4, "#41613a"),
            (230, 654, 18, -6, "#587d4a"),
            (180, 664, 14, 8, "#587d4a"),
            (256, 630, 12, 10, "#41613a"),
            (226, 682, 20, -2, "#41613a"),
            (270, 668, 14, 6, "#6c9157"),
        ]
    )
    return scene("mint", shadow(450, 634, 128, 17), tin, lid, steam(722, 506), bowl, lifted(leaves, by="near"))


def pour_over_dripper() -> str:
    server = (
        "M412 420Q416 452 372 500Q336 540 346 610Q350 636 380 640H580Q610 636 614 610Q624 540 588 500Q544 452 548 420Z"
    )
    coffee = path("M330 540Q480 556 630 540V650H330Z", "#5a3018", opacity=0.92) + ellipse(480, 541, 142, 12, "#7b4526")
    glass = (
        body(
            server,
            "#ffffff40",
            inside=coffee
            + path(
                "M372 520Q352 560 362 612", stroke="#fff", stroke_width=10, stroke_opacity=0.6, stroke_linecap="round"
            ),
        )
        + path(server, stroke="#fff", stroke_width=5, stroke_opacity=0.75)
        + path(server, "url(#round)", opacity=0.35)
    )
    handle = line("M602 520C676 510 676 612 610 606", "#fff", 13, opacity=0.75)
    drop = line("M480 424V530", "#5a3018", 5, opacity=0.85)
    collar = body("M372 402H588Q600 402 600 412Q596 426 480 428Q364 426 360 412Q360 402 372 402Z", "#f3ece0", "round")
    cone = body(
        "M316 196Q330 240 424 388Q430 404 444 404H516Q530 404 536 388Q630 240 644 196Z",
        "#f7f1e6",
        "round",
        inside="".join(
            line(f"M{330 + i * 50} 190Q{400 + i * 28} 320 {436 + i * 12} 410", "#2a1a20", 5, opacity=0.09)
            for i in range(-1, 8)
        ),
    )
    grip = line("M612 250C700 236 708 350 562 348", "#f3ece0", 22) + line(
        "M614 244C690 232 700 330 586 340", "#fff", 5, opacity=0.7
    )
    paper = (
        path("M330 196Q360 150 380 140Q480 122 580 140Q600 150 630 196Q480 236 330 196Z", "#e4cfa6")
        + body(oval(480, 190, 146, 24), "#d9c094", "inner")
        + body(
            oval(480, 196, 124, 17),
            "#4a2a18",
            inside=ellipse(470, 194, 74, 9, "#8a5a38") + speckles(8, (380, 184, 200, 24), 30, "#d9a878"),
        )
    )
    rim = line("M316 196A164 30 0 0 0 644 196", "#fffdf8", 9)
    spout = lifted(
        line("M960 34C860 30 760 40 690 96C664 118 640 128 612 128", "#3f4750", 24),
        line("M956 28C858 26 756 36 686 90", "#7d8791", 6),
        by="near",
    )
    water = line("M606 132C560 136 506 150 490 192", "#fff", 7, opacity=0.8)
    beans = bean(224, 654, 20, 1.2) + bean(262, 678, -34, 1.2, "#6a3f2a") + bean(186, 682, 70, 1.1)
    return scene(
        "sky", shadow(480, 642, 132, 16), drop, glass, handle, grip, collar, cone, paper, rim, water, spout, beans
    )


def moka_pot() -> str:
    base = (
        body(
            "M360 440L330 618Q330 634 346 636H602Q618 634 618 618L588 440Z",
            "#c3c9cd",
            "metal",
            inside=path("M420 430L404 640H440L446 430Z", "#fff", opacity=0.35)
            + path("M540 430L556 640H600L570 430Z", "#2a1a20", opacity=0.15)
            + line("M338 596H610", "#2a1a20", 4, opacity=0.25),
        )
        + circle(560, 500, 10, "#c99d4e")
        + circle(557, 497, 3, "#fff0c4")
    )
    waist = body("M372 400H576L592 424Q596 444 576 448H372Q352 444 356 424Z", "#aab1b6", "metal")
    top = body(
        "M336 218L376 404H572L628 218Z",
        "#cfd4d7",
        "metal",
        inside=path("M412 210L430 410H462L452 210Z", "#fff", opacity=0.35)
        + path("M530 210L522 410H570L606 210Z", "#2a1a20", opacity=0.13),
    )
    spout = body("M348 226Q300 206 268 214Q296 250 352 300Z", "#c3c9cd", "diag")
    lid = body("M330 222Q340 168 474 152Q612 168 634 222Q480 236 330 222Z", "#d9dddf", "metal")
    knob = body("M452 110Q452 88 480 88Q508 88 508 110L498 150H462Z", "#c08a52", "round") + ellipse(
        480, 152, 24, 6, "#7d858b"
    )
    hinge = body(box(612, 206, 44, 26, 6), "#9aa2a8", "rod")
    handle = lifted(
        body(
            "M596 240C706 208 752 234 752 290V396Q752 420 734 424Q718 424 714 400V312C712 282 690 270 598 284Z",
            "#c08a52",
            "diag",
            "round",
        ),
        by="near",
    )
    cup = cup_of_coffee(250, 664, "#e6b04c")
    return scene(
        "lilac",
        shadow(474, 634, 148, 18),
        handle,
        base,
        waist,
        spout,
        top,
        lid,
        hinge,
        knob,
        steam(276, 190),
        steam(250, 524),
        cup,
        bean(720, 650, 20, 1.25),
        bean(764, 676, -40, 1.2, "#6a3f2a"),
        bean(694, 682, 70, 1.15),
    )


DRAWINGS = {
    "harbor-blend": harbor_blend,
    "guji-coffee": guji_coffee,
    "sencha-tea": sencha_tea,
    "pour-over-dripper": pour_over_dripper,
    "moka-pot": moka_pot,
}
