"""Clothing: hung from a peg, or laid flat."""

from collections.abc import Iterable

from products.shapes import body, box, circle, ellipse, folds, group, lifted, line, path, scene

WOOD, WOOD_DARK = "#c79562", "#8d6239"


def hanger(y: float = 140, half: float = 160) -> str:
    """A wooden hanger on a brass peg; its bar's middle is at *y*."""
    peg = circle(480, y - 78, 15, "#b98a3e") + circle(476, y - 82, 6, "#f3d79a")
    hook = line(
        f"M480 {y}V{y - 26}C480 {y - 44} 506 {y - 44} 506 {y - 64}C506 {y - 90} 470 {y - 92} 466 {y - 70}", "#8b8f94", 6
    )
    bar = line(
        f"M{480 - half} {y + 62}Q{480 - half * 0.55} {y + 22} 480 {y + 4}Q{480 + half * 0.55} {y + 22} {480 + half} {y + 62}",
        WOOD_DARK,
        20,
    )
    light = line(
        f"M{480 - half} {y + 58}Q{480 - half * 0.55} {y + 18} 480 {y}Q{480 + half * 0.55} {y + 18} {480 + half} {y + 58}",
        WOOD,
        12,
    )
    return lifted(peg, hook, bar, light, by="near")


def buttons(x: float, ys: Iterable[float], colour: str, r: float = 7) -> str:
    return "".join(
        circle(x + 1.5, y + 2, r, "#2a1a20", opacity=0.3)
        + circle(x, y, r, colour)
        + circle(x - 2, y - 2, r * 0.3, "#fff", opacity=0.6)
        for y in ys
    )


def linen_dress() -> str:
    outline = (
        "M402 128L434 112Q444 160 480 190Q516 160 526 112L558 128Q558 176 590 212Q576 252 562 292C590 392 640 540 662 660"
        "Q620 690 480 692Q340 690 298 660C320 540 370 392 398 292Q384 252 370 212Q402 176 402 128Z"
    )
    skirt = folds(
        "M424 304Q404 480 356 684L390 690Q422 480 438 304Z",
        "M474 308Q464 480 452 694L494 694Q496 480 488 308Z",
        "M532 304Q552 480 592 690L624 684Q578 470 548 304Z",
        "M408 304Q370 450 310 676L328 682Q382 450 418 304Z",
        "M552 304Q590 450 650 672L632 680Q580 450 542 304Z",
    )
    waist = path("M396 284Q480 304 564 284L566 310Q480 330 394 310Z", "#a8482f", opacity=0.75)
    bow = lifted(
        path("M512 304C500 362 486 412 480 462L497 466C506 412 520 362 528 306Z", "#b65238"),
        path("M520 304C534 362 540 392 554 436L570 428C554 386 546 352 536 302Z", "#a8482f"),
        path(
            "M522 302C484 266 464 290 472 310C482 328 504 320 522 304C552 274 578 284 572 306C564 326 540 320 522 302Z",
            "#c25d41",
        ),
        by="near",
    )
    pocket = "".join(
        line(d, "#8f3a25", 4, opacity=0.5) for d in ("M380 384Q394 410 386 456", "M580 384Q566 410 574 456")
    )
    seam = line("M404 132Q406 184 374 214M556 132Q554 184 586 214", "#8f3a25", 3, opacity=0.45) + line(
        "M302 646Q400 680 480 678Q560 680 658 646", "#8f3a25", 2.5, opacity=0.4
    )
    neck = line("M434 114Q444 160 480 190Q516 160 526 114", "#a8482f", 7, opacity=0.8)
    dress = body(outline, "#cf6a4c", "drape", "weave", "fall", inside=skirt + waist + pocket + seam + neck)
    back = path("M434 116Q480 134 526 116L528 150L482 194H478L432 150Z", "#8f3f2b")
    return scene(
        "sage", group(hanger(94, 110), lifted(back, dress, bow), move="translate(14 20) scale(.97)"), table=False
    )


def shirt_sleeves(fill: str, cuff: str) -> str:
    left = body(
        "M340 190Q304 204 292 250L214 486Q210 504 226 510L282 530Q298 534 304 518L372 350Z",
        fill,
        "drape",
        "weave",
        inside=folds("M310 280Q290 400 250 520L268 524Q320 420 330 290Z"),
    )
    right = body(
        "M620 190Q656 204 668 250L746 486Q750 504 734 510L678 530Q662 534 656 518L588 350Z",
        fill,
        "drape",
        "weave",
        inside=folds("M650 280Q670 400 710 520L692 524Q640 420 630 290Z"),
    )
    cuffs = body("M222 462L310 494L302 524Q298 534 282 530L226 510Q210 504 214 486Z", cuff, "weave", "diag") + body(
        "M738 462L650 494L658 524Q662 534 678 530L734 510Q750 504 746 486Z", cuff, "weave", "diag"
    )
    return left + right + cuffs + buttons(292, [512], "#c9b08a", 5) + buttons(668, [512], "#c9b08a", 5)


def linen_shirt() -> str:
    trunk = "M404 166Q440 190 480 192Q520 190 556 166L628 192Q640 260 616 350L622 622Q560 650 480 648Q400 650 338 622L344 350Q320 260 332 192Z"
    creases = folds(
        "M372 330Q392 480 366 636L396 642Q420 480 388 330Z",
        "M588 330Q568 480 590 640L560 646Q544 480 574 330Z",
        "M440 420Q424 540 436 650L456 650Q452 530 452 420Z",
        dark=0.1,
    )
    placket = path("M462 190H500V650H462Z", "#fffdf7", opacity=0.75) + line(
        "M462 200V648M500 200V648", "#9aa7ae", 2, opacity=0.55
    )
    pocket = (
        path("M534 300H600V368L567 386L534 368Z", "#fffdf6", opacity=0.7)
        + line("M534 300H600V368L567 386L534 368Z", "#9aa7ae", 2.5, opacity=0.7)
        + line("M534 312H600", "#9aa7ae", 2, opacity=0.5)
    )
    yoke = line("M336 250Q400 218 462 240M500 240Q560 218 624 250", "#9aa7ae", 2, opacity=0.45)
    shirt = body(trunk, "#f6f1e6", "drape", "weave", inside=creases + placket + pocket + yoke)
    inside = path("M408 164Q480 130 552 164L520 200Q480 214 440 200Z", "#cfc5b3") + body(
        box(462, 158, 36, 20, 3), "#39577a"
    )
    collar = lifted(
        body("M410 150Q396 160 396 178L424 246L480 196Q436 184 410 150Z", "#fbf7ee", "weave", "diag"),
        body("M550 150Q564 160 564 178L536 246L480 196Q524 184 550 150Z", "#fbf7ee", "weave", "fall"),
        by="near",
    )
    return scene(
        "sky",
        hanger(122, 140),
        lifted(shirt_sleeves("#ece5d6", "#f8f3e8"), shirt, inside),
        collar,
        buttons(481, range(224, 640, 70), "#c9b08a"),
        table=False,
    )


def cable(x: float, top: int, bottom: int, step: int = 44) -> str:
    """A plait down a sweater's front."""
    rope = "".join(
        ellipse(
            0,
            0,
            13,
            27,
            "#f7eedb",
            transform=f"translate({x + side * 9} {y}) rotate({side * 28})",
            stroke="#7d6a52",
            stroke_opacity=0.4,
            stroke_width=3,
        )
        for i, y in enumerate(range(top, bottom, step // 2))
        for side in ([-1, 1][i % 2],)
    )
    edges = line(f"M{x - 34} {top}V{bottom}M{x + 34} {top}V{bottom}", "#7d6a52", 4, opacity=0.28)
    return rope + edges


def fisherman_sweater() -> str:
    wool, shade = "#e9dcc3", "#e0d1b5"
    left = body(
        "M346 186Q300 202 284 262L206 520L300 552L382 360Z",
        shade,
        "knit",
        "drape",
        inside=line("M330 240L262 500", "#7d6a52", 5, opacity=0.3),
    )
    right = body(
        "M614 186Q660 202 676 262L754 520L660 552L578 360Z",
        shade,
        "knit",
        "drape",
        inside=line("M630 240L698 500", "#7d6a52", 5, opacity=0.3),
    )
    cuffs = body("M212 500L308 534L296 588Q246 584 200 556Z", wool, "rib", "fall") + body(
        "M748 500L652 534L664 588Q714 584 760 556Z", wool, "rib", "fall"
    )
    trunk = "M404 160Q480 210 556 160L626 192Q640 280 620 360L624 600Q480 622 336 600L340 360Q320 280 334 192Z"
    sweater = body(
        trunk, wool, "knit", "drape", inside=cable(480, 190, 610) + cable(404, 180, 610) + cable(556, 180, 610)
    )
    hem = body("M336 590Q480 612 624 590L620 642Q480 664 340 642Z", wool, "rib", "fall")
    neck = path("M404 150Q480 112 556 150L552 178Q480 204 408 178Z", "#b7a483") + body(
        "M400 146Q404 218 480 222Q556 218 560 146Q548 138 536 142Q532 188 480 190Q428 188 424 142Q412 138 400 146Z",
        wool,
        "rib",
        "diag",
    )
    return scene("slate", lifted(left, right, cuffs), lifted(sweater, hem, neck, by="near"), table=False)


def striped_tee() -> str:
    outline = "M386 172Q480 206 574 172L652 204L744 330L664 392L622 338L630 628Q480 652 330 628L338 338L296 392L216 330L308 204Z"
    navy = "#27395c"
    rows = "".join(line(f"M330 {y}Q480 {y + 26} 630 {y}", navy, 15) for y in range(262, 640, 44))
    left = line("M296 236L362 300M262 270L330 336M230 306L300 374", navy, 14)
    right = line("M664 236L598 300M698 270L630 336M730 306L660 374", navy, 14)
    creases = folds(
        "M388 360Q404 500 372 640L408 646Q430 500 404 360Z",
        "M584 340Q560 500 596 640L560 648Q538 500 566 340Z",
        dark=0.13,
    )
    sleeve_seams = line("M338 210Q352 280 336 350M622 210Q608 280 624 350", "#7c7f8c", 3.5, opacity=0.55)
    tee = body(
        outline,
        "#faf6ec",
        "drape",
        "fall",
        inside=group(rows, clip_path="inset(0)")
        + path("M216 330L308 204L342 208Q352 280 338 342L296 392Z", "#f6f1e4")
        + path("M744 330L652 204L618 208Q608 280 622 342L664 392Z", "#f0eadc")
        + left
        + right
        + creases
        + sleeve_seams,
    )
    neck = path("M386 172Q480 150 574 172Q480 206 386 172Z", "#cdc6b6") + line("M386 172Q480 206 574 172", navy, 9)
    return scene("butter", lifted(tee, neck), table=False)


DRAWINGS = {
    "linen-dress": linen_dress,
    "linen-shirt": linen_shirt,
    "fisherman-sweater": fisherman_sweater,
    "striped-tee": striped_tee,
}
