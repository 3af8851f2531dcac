import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui import links, qr
from bot.ui.links import Link, Target, deep_link, to_category, to_order, to_product
from tests.bot.ui import qr_reader

ROW_IDS = st.integers(1, 2**63 - 1)
SECRETS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=62)


@given(ROW_IDS, SECRETS)
def test_every_link_is_read_back_and_fits(row_id: int, secret: str) -> None:
    """Telegram takes 1 to 64 of A-Z a-z 0-9 _ and -."""
    for link in (to_product(row_id), to_category(row_id), to_order(secret)):
        assert links.read(link.payload) == link
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link.payload)
    assert to_product(row_id).row_id == row_id


@given(st.one_of(st.text(max_size=80), st.from_regex(r"[a-z]_[A-Za-z0-9_-]{0,70}", fullmatch=True)))
def test_whatever_a_link_says_it_means_one_thing_or_nothing(payload: str) -> None:
    """What can be read is written the same; a number is one that a row can have."""
    link = links.read(payload)
    assert link is None or link.payload == payload
    if link is not None and link.row_id is not None:
        assert to_product(link.row_id).name == link.name


@pytest.mark.parametrize("name", ["0", "01", "-1", "9" * 19, "1" * 30, "1_2", "١٢"])
def test_no_other_number_is_a_row(name: str) -> None:
    assert Link(Target.PRODUCT, name).row_id is None


@pytest.mark.parametrize("payload", ["", "p_", "x_1", "p1", "p_1 ", "p_1\n", "P_1", "p_" + "1" * 63])
def test_what_no_link_of_ours_says_is_nothing(payload: str) -> None:
    assert links.read(payload) is None


@pytest.mark.parametrize("link", [None, to_product(7), to_product(2_000_000), to_category(3)])
def test_a_scanner_reads_the_link_from_the_picture(link: Link | None) -> None:
    """Level M, and four quiet modules around."""
    address = qr.address_of("dukkan_demo_bot", link)
    assert qr_reader.read(qr.png(address)) == (address, 4)


def test_the_file_for_print_is_the_same_code() -> None:
    """SVG, drawn of lines along the rows of modules."""
    address = deep_link("dukkan_demo_bot", "p_7")
    matrix, quiet = qr_reader.matrix_of(qr.png(address))
    drawing = qr.svg(address).decode()
    side = (len(matrix) + 2 * quiet) * qr.SCALE
    assert f'width="{side}" height="{side}"' in drawing
    assert _drawn(drawing, len(matrix), quiet) == matrix


def _drawn(drawing: str, size: int, quiet: int) -> list[list[bool]]:
    matrix = [[False] * size for _ in range(size)]
    x, y = 0.0, 0.0
    path = re.search(r'\bd="([^"]+)"', drawing)
    assert path is not None
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            for step in range(int(values[0])):
                matrix[int(y) - quiet][int(x) + step - quiet] = True
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return matrix
