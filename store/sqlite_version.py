"""Which SQLite keeps what it has been given."""

# Before these, two connections that write and checkpoint at the same instant can lose a committed write (the "WAL-reset" bug).
_REPAIRED = (3, 51, 3)
_BACKPORTS: dict[tuple[int, ...], tuple[int, ...]] = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this version of the library, as in `sqlite3.sqlite_version_info`, is without the bug."""
    return version >= _BACKPORTS.get(version[:2], _REPAIRED)
