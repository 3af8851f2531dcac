"""Which kind of file it is, by what is in it: the name proves nothing."""

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from store.importing.trouble import Refused, What

FILE_MAX = 100 * 2**20
# A sheet of 50,000 rows is 60 MB of XML in 4 MB of file: the sum is bounded, the ratio is not.
INFLATED_MAX = 500 * 2**20
STRINGS_MAX = 64 * 2**20
PARTS_MAX = 2_000
_HEAD = 4096
_DECLARATION = 64 * 2**10
_STEP = 2**20

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<svg", b"{\\rtf")


@dataclass(frozen=True, slots=True)
class Kind:
    """A workbook, or text in this encoding."""

    encoding: str | None

    @property
    def is_workbook(self) -> bool:
        return self.encoding is None


def kind_of(path: Path) -> Kind:
    """Raises: Refused for what is no table, or a dangerous one."""
    size = path.stat().st_size
    if size == 0:
        raise Refused(What.EMPTY)
    if size > FILE_MAX:
        raise Refused(What.TOO_LARGE, megabytes=FILE_MAX // 2**20)
    with path.open("rb") as source:
        head = source.read(_HEAD)
    if head.startswith(_ZIP):
        check_workbook(path)
        return Kind(None)
    return Kind(_checked(path, head))


def _checked(path: Path, head: bytes) -> str:
    if head.startswith(_OLD_EXCEL):
        raise Refused(What.OLD_EXCEL)
    for magic, name in _KNOWN:
        if head.startswith(magic):
            raise Refused(What.NOT_A_TABLE, kind=name)
    encoding = _encoding(head)
    if head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower().startswith(_MARKUP):
        raise Refused(What.NOT_A_TABLE, kind="HTML")
    with path.open("rb") as source:
        _decode(source, encoding)
    return encoding


def _encoding(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # Every other byte of Latin text in UTF-16 is zero; UTF-8 has none at all.
    even, odd = head[0:512:2].count(0), head[1:512:2].count(0)
    sample = max(len(head[:512]) // 2, 1)
    if odd > sample * 0.4 and not even:
        return "utf-16-le"
    if even > sample * 0.4 and not odd:
        return "utf-16-be"
    return "utf-8"


def _decode(source: IO[bytes], encoding: str) -> None:
    """Raises: Refused, naming the line of the first byte that is no text."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines, is_last = 1, False
    while not is_last:
        piece = source.read(_STEP)
        is_last = not piece
        try:
            text = decoder.decode(piece, final=is_last)
        except UnicodeDecodeError as error:
            # The decoder's own count of what it had kept from the step before is at most a few bytes: no line end among them.
            raise Refused(What.NOT_UTF8, lines + _ends(error.object[: error.start])) from None
        if (at := text.find("\0")) >= 0:
            raise Refused(What.NUL, lines + text.count("\n", 0, at))
        lines += text.count("\n")


def _ends(before: bytes) -> int:
    return before.count(b"\n")


def check_workbook(path: Path) -> None:
    """Looked at before anything is unpacked. `zipfile` never gives more of a part than its stated size, so the stated sizes bound what can come.

    Raises: Refused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError, RuntimeError):
        raise Refused(What.BROKEN_WORKBOOK) from None


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused(What.NOT_A_TABLE, kind="ZIP")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused(What.MACROS)
    strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    if len(parts) > PARTS_MAX or strings > STRINGS_MAX or sum(part.file_size for part in parts) > INFLATED_MAX:
        raise Refused(What.INFLATED_WORKBOOK)
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            _refuse_declarations(archive, part)


def _refuse_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No workbook declares entities; what does wants a parser to swell or to read other files."""
    with archive.open(part) as source:
        beginning = source.read(_DECLARATION).upper()
    if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
        raise Refused(What.INFLATED_WORKBOOK)
