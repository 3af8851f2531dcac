"""The shop: what is sold, to whom, for how much, and where the parcel is. Knows no Telegram, no HTTP server and no clock."""

import sqlite3
import sys

from store.sqlite_version import sqlite_is_safe

# Where the Python in use carries an older library, the wheel `pysqlite3` brings a sound one; the swap must come before anybody imports aiosqlite.
if not sqlite_is_safe(sqlite3.sqlite_version_info) and "aiosqlite" not in sys.modules:
    try:
        import pysqlite3
    except ImportError:  # no wheel for this platform: `dukkan doctor` tells
        pass
    else:
        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
