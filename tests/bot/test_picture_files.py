"""Pictures from outside, kept in the shop's folder."""

import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from bot import picture_files
from store.errors import BadInput


def a_picture(width: int = 60, height: int = 40, *, kind: str = "JPEG", turned: int = 0, mode: str = "RGB") -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    if turned:
        exif[0x0112] = turned
        exif[0x9286] = "where I live"
    Image.new(mode, (width, height), "#4a90d9").save(file, kind, exif=exif)
    return file.getvalue()


def kept(folder: Path, content: bytes) -> Image.Image:
    with Image.open(folder / picture_files.keep(folder, content)) as picture:
        picture.load()
    return picture


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    """Its name is made of what is in it."""
    names = {picture_files.keep(tmp_path, a_picture()) for _ in range(3)}
    assert len(names) == 1
    assert len(list(tmp_path.rglob("*.jpg"))) == 1


def test_two_pictures_have_two_names(tmp_path: Path) -> None:
    assert picture_files.keep(tmp_path, a_picture(60)) != picture_files.keep(tmp_path, a_picture(61))


def test_a_picture_stands_upright_and_tells_no_secrets(tmp_path: Path) -> None:
    """A telephone writes how it was held, and where, into the file."""
    made = kept(tmp_path, a_picture(60, 40, turned=6))
    assert made.size == (40, 60)
    assert not dict(made.getexif())


def test_a_large_picture_becomes_as_large_as_telegram_shows_it(tmp_path: Path) -> None:
    assert kept(tmp_path, a_picture(5000, 1000)).size == (2560, 512)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "RGB"])
def test_every_kind_of_colour_becomes_a_picture(tmp_path: Path, mode: str) -> None:
    assert kept(tmp_path, a_picture(kind="PNG", mode=mode)).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", a_picture()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>", a_picture(kind="BMP")],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput):
        picture_files.keep(tmp_path, content)
    assert not list(tmp_path.rglob("*.jpg"))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """Fifty-six megapixels of one colour are a small file."""
    with pytest.raises(BadInput, match="bad_input"):
        picture_files.keep(tmp_path, a_picture(8_000, 7_000, kind="PNG", mode="L"))


def test_a_file_too_large_to_come_from_telegram_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        picture_files.keep(tmp_path, b"\xff" * (picture_files.CONTENT_MAX + 1))


def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    """Two processes may be given the same album."""
    content = a_picture(400, 300)
    threads = [threading.Thread(target=picture_files.keep, args=(tmp_path, content)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (path,) = [each for each in tmp_path.rglob("*") if each.is_file()]
    with Image.open(path) as picture:
        assert picture.size == (400, 300)
