"""From a picture's name to what a Bot API call can carry: the file on its first way out, afterwards Telegram's own id of it."""

import asyncio
import hashlib
import logging
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from aiogram.types import BufferedInputFile, FSInputFile, InputFile
from sqlalchemy.exc import SQLAlchemyError

from bot.ui.screen import Picture
from store import picture_files
from store.db import Database

log = logging.getLogger(__name__)

# The pictures of the demo's goods: `dukkan seed` sells them until the shop has its own.
SAMPLES = Path(__file__).parent / "demo" / "seed" / "pictures"

Key = tuple[Path, int]  # a file, and when it was changed


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one bot's ids of files are kept for all its processes, and for its next start."""

    db: Database
    bot_id: int
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def find(self, digests: Collection[str]) -> Mapping[str, str]:
        async with self.db.read() as session:
            return await picture_files.file_ids_of(session, self.bot_id, digests)

    async def put(self, digest: str, file_id: str) -> None:
        async with self.db.begin() as session:
            await picture_files.learn(session, self.bot_id, digest, file_id, now=self.clock())

    async def drop(self, digest: str, file_id: str) -> None:
        async with self.db.begin() as session:
            await picture_files.forget(session, self.bot_id, digest, file_id)


def is_link(picture: Picture) -> bool:
    """A picture that the shop knows by its address alone."""
    return isinstance(picture, str) and picture.startswith(("https://", "http://"))


class Pictures:
    """One bot's pictures: ids of files mean nothing to another bot, so each bot has its own.

    A file that was replaced on the disk is another picture: it is known by its content. Without a *shelf*, and while the database does not
    answer, pictures are remembered by this process alone: the worst that happens is one more upload.
    """

    def __init__(self, *folders: Path, shelf: Shelf | None = None) -> None:
        self._folders = [folder.resolve() for folder in folders]
        self._shelf = shelf
        self._file_ids: dict[Key, str] = {}
        self._digests: dict[Key, str] = {}

    async def media(self, picture: Picture) -> InputFile | str | None:
        """None when there is no such file: the screen is then shown without it. A link travels as it is: Telegram opens it itself."""
        if isinstance(picture, bytes):
            return BufferedInputFile(picture, "picture.png")
        if is_link(picture):
            return picture
        key = self._key(picture)
        if key is None:
            log.warning("no picture named %r", picture)
            return None
        return (await self._known([key])).get(key) or FSInputFile(key[0])

    async def file_ids(self, pictures: Collection[str]) -> dict[str, str]:
        """Telegram's ids of the pictures; those that it has not got yet are left out."""
        keys = {name: key for name in pictures if not is_link(name) and (key := self._key(name)) is not None}
        known = await self._known(keys.values())
        return {name: known[key] for name, key in keys.items() if key in known}

    async def learn(self, picture: Picture, file_id: str) -> None:
        """Telegram has the file now: the next time its id is enough."""
        if (
            not isinstance(picture, str)
            or is_link(picture)
            or (key := self._key(picture)) is None
            or self._file_ids.get(key) == file_id
        ):
            return
        self._file_ids[key] = file_id
        if self._shelf is not None and len(file_id) <= picture_files.FILE_ID_MAX:
            with _at_best():
                await self._shelf.put(await self._digest(key), file_id)

    async def forget(self, picture: Picture) -> None:
        """Telegram does not know the id any more."""
        if not isinstance(picture, str) or is_link(picture) or (key := self._key(picture)) is None:
            return
        file_id = self._file_ids.pop(key, None)
        if self._shelf is not None and file_id is not None:
            with _at_best():
                await self._shelf.drop(await self._digest(key), file_id)

    async def _known(self, keys: Collection[Key]) -> dict[Key, str]:
        """The ids that are known by now: those that this process does not know are asked for all at once."""
        new = [key for key in keys if key not in self._file_ids]
        if new and self._shelf is not None:
            with _at_best():
                digests = {key: await self._digest(key) for key in new}
                found = await self._shelf.find(set(digests.values()))
                self._file_ids |= {key: found[digest] for key, digest in digests.items() if digest in found}
        return {key: self._file_ids[key] for key in keys if key in self._file_ids}

    async def _digest(self, key: Key) -> str:
        """Read once a process and file, beside the event loop: a page of cards asks for twenty."""
        if key not in self._digests:
            self._digests[key] = await asyncio.to_thread(_content_digest, key[0])
        return self._digests[key]

    def _key(self, name: str) -> Key | None:
        for folder in self._folders:
            path = _inside(folder, name)
            if path is not None and (changed_at := _changed_at(path)) is not None:
                return path, changed_at
        return None


def _content_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _at_best() -> Iterator[None]:
    """A picture goes its way whether or not the database remembers it."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        log.warning("the ids of pictures are not remembered now: %s", type(error).__name__)


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
