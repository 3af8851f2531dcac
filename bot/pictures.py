"""From a picture's name to what a Bot API call can carry: the file on its first way out, afterwards Telegram's own id of it."""

import logging
import stat
from functools import lru_cache
from pathlib import Path

from aiogram.types import BufferedInputFile, FSInputFile, InputFile

from bot.ui.screen import Picture

log = logging.getLogger(__name__)

# The pictures of the demo's goods: `dukkan seed` sells them until the shop has its own.
SAMPLES = Path(__file__).parent / "demo" / "seed" / "pictures"


class Pictures:
    """One bot's pictures: ids of files mean nothing to another bot, so each bot has its own.

    A file that was replaced on the disk is uploaded again: the id is remembered together with the file's time.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = [folder.resolve() for folder in folders]
        self._file_ids: dict[tuple[Path, int], str] = {}

    def media(self, picture: Picture) -> InputFile | str | None:
        """None when there is no such file: the screen is then shown without it."""
        if isinstance(picture, bytes):
            return BufferedInputFile(picture, "picture.png")
        key = self._key(picture)
        if key is None:
            log.warning("no picture named %r", picture)
            return None
        return self._file_ids.get(key) or FSInputFile(key[0])

    def learn(self, picture: Picture, file_id: str) -> None:
        """Telegram has the file now: the next time its id is enough."""
        if isinstance(picture, str) and (key := self._key(picture)) is not None:
            self._file_ids[key] = file_id

    def forget(self, picture: Picture) -> None:
        """Telegram does not know the id any more."""
        if isinstance(picture, str) and (key := self._key(picture)) is not None:
            self._file_ids.pop(key, None)

    def _key(self, name: str) -> tuple[Path, int] | None:
        for folder in self._folders:
            path = _inside(folder, name)
            if path is not None and (changed_at := _changed_at(path)) is not None:
                return path, changed_at
        return None


@lru_cache(10_000)
def _inside(folder: Path, name: str) -> Path | None:
    """A name is text from the catalogue: "../../etc/passwd" is no picture."""
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder) else None


def _changed_at(path: Path) -> int | None:
    """In nanoseconds; None when there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns if stat.S_ISREG(found.st_mode) else None
