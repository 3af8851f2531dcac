"""The shop: what is sold, to whom, for how much, and where the parcel is. Knows no Telegram, no HTTP server and no clock."""

import sqlite3
import sys

# SQLite before 3.51.3 can lose a committed write when two connections write and checkpoint at the same instant (the "WAL-reset" bug).
# Where the Python in use carries an older library, the wheel `pysqlite3` brings a sound one; the swap must come before anybody imports aiosqlite.
if sqlite3.sqlite_version_info < (3, 51, 3) and "aiosqlite" not in sys.modules:
    try:
        import pysqlite3
    except ImportError:  # no wheel for this platform: `dukkan doctor` tells
        pass
    else:
        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
