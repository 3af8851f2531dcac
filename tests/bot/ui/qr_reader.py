"""Reads a QR code as a scanner does, from the picture: enough for codes in bytes of versions 1 to 6, level M.

Source: ISO/IEC 18004.
"""

import io

from PIL import Image

Matrix = list[list[bool]]

_MASKS = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
_FORMAT_MASK, _LEVEL_M = 0b101010000010010, 0b00


def matrix_of(picture: bytes) -> tuple[Matrix, int]:
    """The modules without the quiet zone, and how many modules wide that is."""
    with Image.open(io.BytesIO(picture)) as image:
        gray = image.convert("L")
    width = gray.width
    dark = [[gray.getpixel((x, y)) < 128 for x in range(width)] for y in range(width)]  # type: ignore[operator]  # a gray picture's pixels are numbers
    quiet = next(place for place, row in enumerate(dark) if any(row))
    # The finder pattern in the corner is seven modules wide.
    module = next(x for x in range(quiet, width) if not dark[quiet][x]) - quiet
    module //= 7
    middle = range(quiet + module // 2, width - quiet, module)
    return [[dark[y][x] for x in middle] for y in middle], quiet // module


def read(picture: bytes) -> tuple[str, int]:
    """The text, and the width of the quiet zone. Raises: AssertionError for a code of another kind."""
    matrix, quiet = matrix_of(picture)
    bits = _in_order(_bits(matrix, _mask(matrix)), len(matrix))
    assert bits[:4] == "0100", "not in bytes"
    length = int(bits[4:12], 2)
    return bytes(int(bits[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode(), quiet


# From version 4 on the words are dealt out to several blocks in turn: how many blocks, and how many words of data in each.
_BLOCKS = {33: (2, 32), 37: (2, 43), 41: (4, 27)}


def _in_order(bits: str, size: int) -> str:
    blocks, each = _BLOCKS.get(size, (1, len(bits) // 8))
    words = [bits[at : at + 8] for at in range(0, 8 * blocks * each, 8)]
    return "".join("".join(words[block::blocks]) for block in range(blocks))


def _mask(matrix: Matrix) -> int:
    cells = [*((8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)), *((r, 8) for r in (7, 5, 4, 3, 2, 1, 0))]
    told = int("".join(str(int(matrix[r][c])) for r, c in cells), 2) ^ _FORMAT_MASK
    assert told >> 13 == _LEVEL_M, "not of level M"
    return told >> 10 & 0b111


def _bits(matrix: Matrix, mask: int) -> str:
    size, bits = len(matrix), []
    columns = [c for c in range(size - 1, 0, -2) if c > 6] + [5, 3, 1]
    for number, right in enumerate(columns):
        rows = range(size - 1, -1, -1) if number % 2 == 0 else range(size)
        bits += [_bit(matrix, mask, r, c) for r in rows for c in (right, right - 1) if not _is_pattern(size, r, c)]
    return "".join(bits)


def _bit(matrix: Matrix, mask: int, row: int, column: int) -> str:
    return str(int(matrix[row][column] ^ _MASKS[mask](row, column)))


def _is_pattern(size: int, row: int, column: int) -> bool:
    """Finders with their formats, timing, and the one alignment pattern of versions 2 to 6."""
    in_finder = (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9)
    in_alignment = size > 21 and size - 9 <= row <= size - 5 and size - 9 <= column <= size - 5
    return in_finder or in_alignment or row == 6 or column == 6
