"""What ZTO has told already is known under the key of today

Revision ID: 0025
Revises: 0024
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from store.models.base import Id, UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

AT_ONCE = 500
# As the words were when the key changed, whatever becomes of them in `store.parcels.zto_codes`.
_SAME: Mapping[str, str] = {
    "got": "收件 GOT 1",
    "out": "发件 2",
    "in": "到件 3",
    "dispatch": "派件 DISPATCH DELIVERY 4",
    "waits": "44 INBOUND HANDOVERSCAN_SIGNED",
    "fetched out": "45",
    "signed": "签收 SIGNED DEPARTURE_SIGNED 5",
    "signed by another": "7",
    "returned": "退件 8",
    "forwarded": "转单 9",
}
_IN_BOTH = {word: event for event, words in _SAME.items() for word in words.split()}
_ANSWERED: Mapping[str, str] = _IN_BOTH | {"ARRIVAL": "waits", "DEPARTURE": "taken out"}
_PUSHED: Mapping[str, str] = _IN_BOTH | {"ARRIVAL": "in", "DEPARTURE": "out"}
_scans = sa.table(
    "scans",
    sa.column("id", Id),
    sa.column("shipment_id", Id),
    sa.column("dedupe_hash"),
    sa.column("raw_code"),
    sa.column("raw_time"),
    sa.column("occurred_at", UtcDateTime()),
)
_shipments = sa.table("shipments", sa.column("id", Id), sa.column("carrier"))


def upgrade() -> None:
    mend(op.get_bind())


def downgrade() -> None:
    """The earlier program finds what it does not know by its own key, and tells it once more."""


def mend(connection: sa.Connection) -> None:
    """Every scan of ZTO's has the key that the next answer gives it; of an event that stood twice the row that came first is left."""
    for scans in _by_parcel(connection):
        seen: set[str] = set()
        over, renamed = [], []
        for scan in scans:
            key = _key(scan)
            if key in seen:
                over.append(scan.id)
            elif key != scan.dedupe_hash:
                renamed.append({"scan": scan.id, "key": key})
            seen.add(key)
        # First what stands in the way: one event's row may have its new key already.
        if over:
            connection.execute(sa.delete(_scans).where(_scans.c.id.in_(over)))
        if renamed:
            change = sa.update(_scans).where(_scans.c.id == sa.bindparam("scan"))
            connection.execute(change.values(dedupe_hash=sa.bindparam("key")), renamed)


def _by_parcel(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    """The scans of each of its parcels, as they came."""
    last = 0
    while parcels := _after(connection, last):
        last = parcels[-1]
        wanted = sa.select(_scans).where(_scans.c.shipment_id.in_(parcels))
        rows = connection.execute(wanted.order_by(_scans.c.shipment_id, _scans.c.id)).all()
        for _, scans in groupby(rows, key=lambda row: row.shipment_id):
            yield list(scans)


def _after(connection: sa.Connection, last: int) -> Sequence[int]:
    wanted = sa.select(_shipments.c.id).where(_shipments.c.carrier == "zto", _shipments.c.id > last)
    return connection.scalars(wanted.order_by(_shipments.c.id).limit(AT_ONCE)).all()


def _key(scan: Any) -> str:
    """An answer's moment is a number, a push's is written out: of the words that mean two things that says which."""
    events = _ANSWERED if scan.raw_time.isdigit() else _PUSHED
    event = events.get(scan.raw_code)
    if event is None:
        return str(scan.dedupe_hash)
    parts = (scan.occurred_at.replace(microsecond=0).isoformat(), "same", event)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
