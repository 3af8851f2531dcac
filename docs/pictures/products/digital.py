"""What is downloaded: drawn as what the customer will hold."""

from products.shapes import bean, body, box, circle, ellipse, group, leaf, lifted, line, oval, path, scene, shadow


def scissors(*, move: str) -> str:
    blades = body("M0 0L176 -34Q190 -34 186 -22L12 22Z", "#cfd4d7", "rod") + body(
        "M0 4L180 40Q192 44 186 30L14 -18Z", "#dfe3e5", "rod"
    )
    grips = "".join(
        ellipse(-66, y, 52, 34, "none", stroke="#c4643f", stroke_width=20, transform=f"rotate({a} -66 {y})")
        + ellipse(
            -70,
            y - 5,
            48,
            30,
            "none",
            stroke="#f0a28d",
            stroke_width=4,
            stroke_opacity=0.7,
            transform=f"rotate({a} -66 {y})",
        )
        for y, a in ((-46, 24), (46, -24))
    )
    return lifted(
        group(
            grips,
            line("M-22 -22L24 8M-22 24L24 -6", "#b6bcc0", 20),
            blades,
            circle(24, 1, 10, "#7d858b"),
            circle(21, -2, 3, "#fff"),
            move=move,
        ),
        by="near",
    )


def tote_pattern() -> str:
    grid = "".join(line(f"M{x} 0V560", "#7fa9c4", 1.5, opacity=0.35) for x in range(50, 600, 50)) + "".join(
        line(f"M0 {y}H600", "#7fa9c4", 1.5, opacity=0.35) for y in range(50, 560, 50)
    )
    folds = path("M200 0H204V560H200ZM400 0H404V560H400ZM0 280H600V284H0Z", "#2a1a20", opacity=0.07)
    panel = path(
        "M90 110H390L420 470H60Z", "#ffffff90", stroke="#27395c", stroke_width=5, stroke_linejoin="round"
    ) + path("M108 128H372L399 452H81Z", stroke="#c4643f", stroke_width=3.5, stroke_dasharray="12 8")
    arrow = line("M240 190V400M222 382L240 404L258 382M222 208L240 186L258 208", "#27395c", 4)
    notches = "".join(path(f"M{x} {y}l-10 -18h20Z", "#27395c") for x, y in [(150, 128), (330, 128)])
    handle = path("M470 70H530V500H470Z", "#ffffff90", stroke="#27395c", stroke_width=5) + path(
        "M482 82H518V488H482Z", stroke="#c4643f", stroke_width=3.5, stroke_dasharray="12 8"
    )
    sheet = lifted(
        group(
            body(box(0, 0, 600, 560, 4), "#f4f0df", "diag", inside=grid + folds + panel + arrow + notches + handle),
            move="translate(132 92) rotate(-4)",
        )
    )
    tape = lifted(
        line("M598 690C640 600 700 690 752 640S760 520 850 560", "#e6b84a", 30),
        line(
            "M598 690C640 600 700 690 752 640S760 520 850 560",
            "#3a2a22",
            12,
            stroke_dasharray="2.5 9",
            stroke_linecap="butt",
            opacity=0.7,
        ),
        by="near",
    )
    pins = "".join(
        lifted(
            group(
                line("M0 0L44 26", "#a9afb3", 4),
                circle(0, 0, 11, c),
                circle(-3, -3, 3.5, "#fff", opacity=0.7),
                move=f"translate({x} {y})",
            ),
            by="near",
        )
        for x, y, c in [(196, 176, "#d64b3a"), (500, 160, "#3f8a86"), (214, 560, "#e6b84a")]
    )
    cloth = lifted(
        group(
            body(
                box(0, 0, 210, 170, 4),
                "#7fa9a0",
                "diag",
                inside="".join(
                    circle(x + (15 if y % 60 else 0), y, 5, "#fff", opacity=0.7)
                    for y in range(0, 180, 30)
                    for x in range(0, 220, 30)
                ),
            ),
            move="translate(706 120) rotate(12)",
        )
    )
    thread = lifted(
        group(
            body(box(-34, -52, 68, 16, 6), "#c79562", "round"),
            body(
                box(-28, -38, 56, 76, 4),
                "#c4643f",
                "round",
                inside="".join(line(f"M-30 {y}L30 {y + 5}", "#8f3a25", 2.5, opacity=0.5) for y in range(-36, 40, 8)),
            ),
            body(box(-34, 36, 68, 16, 6), "#c79562", "round"),
            move="translate(838 338) rotate(-14)",
        ),
        by="near",
    )
    return scene(
        "lilac",
        cloth,
        sheet,
        tape,
        pins,
        scissors(move="translate(760 470) rotate(-158) scale(1.1)"),
        thread,
        table=False,
    )


def tablet(screen: str, *, move: str) -> str:
    """A tablet 360 × 480 with something on its screen."""
    glass = body(box(22, 22, 316, 436, 10), "#fbf3e2", inside=screen) + path(
        "M22 22H200L80 458H22Z", "#fff", opacity=0.12
    )
    return lifted(
        group(body(box(0, 0, 360, 480, 28), "#2d343a", "diag"), glass, circle(180, 11, 3.5, "#5d676e"), move=move)
    )


def brewing_guide() -> str:
    cover = (
        path("M22 22H338V458H22Z", "#e3a85a")
        + circle(180, 196, 116, "#f3cf8e")
        + path("M22 330Q100 300 180 330T338 330V458H22Z", "#7b4a2f")
        + path("M22 366Q100 336 180 366T338 366V458H22Z", "#5a3320")
    )
    dripper = (
        path("M104 128H256L206 222H154Z", "#fbf3e2")
        + line("M96 126H264", "#fffdf7", 12)
        + line("M252 146C300 146 296 204 224 196", "#fbf3e2", 11)
        + line("M136 136L164 214M180 136V214M224 136L196 214", "#c9a17c", 3, opacity=0.7)
        + path("M140 226H220V236H140Z", "#fbf3e2")
    )
    glass = path(
        "M146 238Q150 262 126 288Q112 312 122 330H238Q248 312 234 288Q210 262 214 238Z",
        "#ffffff70",
        stroke="#fff",
        stroke_width=4,
    ) + path("M118 300H242Q246 316 238 330H122Q114 316 118 300Z", "#5a3018")
    wisps = line("M158 108c-10 -16 10 -26 0 -44M202 108c-10 -16 10 -26 0 -44", "#fff", 6, opacity=0.8)
    pages = "".join(line(f"M{x} 420H{x + w}", "#fbf3e2", 7, opacity=o) for x, w, o in [(112, 136, 0.9)]) + circle(
        180, 394, 5, "#e3a85a"
    )
    stand = body("M360 600H600L640 646H320Z", "#b98350", "rod")
    cup = group(
        shadow(0, 4, 84, 13),
        line("M84 -96C144 -104 144 -28 74 -26", "#3f7f93", 19),
        body("M-94 -124Q-94 -26 -56 -2Q0 10 56 -2Q94 -26 94 -124Z", "#3f7f93", "round"),
        body(oval(0, -124, 94, 21), "#f3e9d6", "inner"),
        body(
            oval(0, -119, 82, 15),
            "#4a2c1d",
            inside=ellipse(0, -117, 60, 10, "#c08a4e")
            + path("M-34 -118Q0 -104 34 -118Q18 -126 0 -120Q-18 -126 -34 -118Z", "#fbf3e2"),
        ),
        move="translate(772 652)",
    )
    beans = "".join(
        bean(x, y, a, 1.2, c)
        for x, y, a, c in [
            (158, 622, 20, "#5b3524"),
            (206, 650, -30, "#6a3f2a"),
            (126, 662, 70, "#4f2d1e"),
            (262, 672, 8, "#5b3524"),
        ]
    )
    return scene(
        "sage",
        shadow(480, 646, 178, 16),
        tablet(cover + wisps + dripper + glass + pages, move="translate(286 96) scale(1.08)"),
        lifted(stand, by="near"),
        beans,
        cup,
    )


def seascape(w: float, h: float, sky: str, glow: str) -> str:
    """A quiet morning on the water that fills a screen of w × h."""
    horizon = h * 0.56
    sun = circle(w * 0.62, horizon - h * 0.1, h * 0.12, "#ffe9b8")
    clouds = "".join(
        ellipse(w * x, h * y, w * r, h * 0.022, "#fff", opacity=0.6)
        for x, y, r in [(0.26, 0.18, 0.2), (0.36, 0.21, 0.16), (0.8, 0.12, 0.14)]
    )
    hills = path(f"M0 {horizon}Q{w * 0.2} {horizon - h * 0.16} {w * 0.42} {horizon}Z", "#7d8fb0") + path(
        f"M{w * 0.6} {horizon}Q{w * 0.86} {horizon - h * 0.13} {w * 1.1} {horizon}Z", "#94a3c0"
    )
    sea = path(f"M0 {horizon}H{w}V{h}H0Z", "#3f7f93") + "".join(
        path(
            f"M0 {horizon + h * d}Q{w * 0.25} {horizon + h * (d - 0.03)} {w * 0.5} {horizon + h * d}T{w} {horizon + h * d}V{h}H0Z",
            c,
        )
        for d, c in [(0.12, "#2f6d84"), (0.24, "#275c72"), (0.35, "#1f4a5e")]
    )
    path_of_light = "".join(
        line(
            f"M{w * (0.62 - r):.0f} {horizon + h * y:.0f}H{w * (0.62 + r):.0f}",
            "#ffe9b8",
            max(2, h * 0.008),
            opacity=0.75,
        )
        for y, r in [(0.025, 0.1), (0.055, 0.07), (0.085, 0.05), (0.115, 0.03)]
    )
    s, x, y = h / 460, w * 0.36, horizon + h * 0.15
    boat = group(
        path("M-4 -120V-10H-62Q-48 -80 -4 -120Z", "#fbf3e2"),
        path("M6 -104Q44 -60 52 -10H6Z", "#f0b9a0"),
        path("M-70 0H70L48 30H-48Z", "#c4643f"),
        line("M1 -128V0", "#5b3a24", 4),
        move=f"translate({x} {y}) scale({s})",
    )
    gulls = group(
        *(line(f"M{a} {b}q8 -10 16 0q8 -10 16 0", "#fff", 3.5) for a, b in [(0, 0), (44, -22), (70, 12)]),
        move=f"translate({w * 0.12} {h * 0.34}) scale({s})",
    )
    return (
        path(f"M0 0H{w}V{h}H0Z", sky)
        + path(f"M0 {h * 0.24}H{w}V{h}H0Z", glow, opacity=0.55)
        + clouds
        + sun
        + hills
        + sea
        + path_of_light
        + boat
        + gulls
    )


def harbor_wallpapers() -> str:
    screen = (
        lifted(body(box(120, 120, 600, 392, 20), "#2d343a", "diag"), by="far")
        + group(
            body(box(0, 0, 568, 352, 8), "#f4b9a0", inside=seascape(568, 352, "#f2a58e", "#f9d9a8")),
            move="translate(136 136)",
        )
        + path("M136 136H440L300 488H136Z", "#fff", opacity=0.08)
    )
    foot = body("M376 512H464L480 596H360Z", "#b6bcc0", "round") + body(
        "M312 592H528Q548 594 552 612Q420 626 288 612Q292 594 312 592Z", "#cfd4d7", "rod"
    )
    phone = lifted(
        group(
            body(box(0, 0, 200, 404, 34), "#2d343a", "diag"),
            body(
                box(11, 11, 178, 382, 25),
                "#8fb7d4",
                inside=group(seascape(178, 382, "#8fb7d4", "#e7d3e0"), move="translate(11 11)"),
            ),
            body(box(72, 20, 56, 14, 7), "#1b2024"),
            path("M11 36Q11 11 36 11H110L50 393H36Q11 393 11 368Z", "#fff", opacity=0.1),
            move="translate(664 246)",
        )
    )
    plant = (
        shadow(86, 640, 52, 10)
        + "".join(
            leaf(86, 560, n, a, c)
            for n, a, c in [
                (120, -96, "#4f7d47"),
                (110, -58, "#6d9a5c"),
                (110, -132, "#6d9a5c"),
                (84, -26, "#4f7d47"),
                (80, -160, "#4f7d47"),
            ]
        )
        + body("M36 560H136L126 628Q124 640 112 640H60Q48 640 46 628Z", "#f3ece0", "round")
    )
    return scene("mint", shadow(420, 612, 150, 12), foot, screen, shadow(764, 650, 100, 12), phone, plant)


DRAWINGS = {"tote-pattern": tote_pattern, "brewing-guide": brewing_guide, "harbor-wallpapers": harbor_wallpapers}
