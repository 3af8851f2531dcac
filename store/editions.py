"""The edition of the catalogue: a number that is another one after each commit that wrote to the catalogue. What was read for an edition stands as long as it does.

`Database.begin()` shows this module every statement and has the number drawn at the end of the transaction. So no writer can forget it, and an import of
50,000 rows draws one a commit. Stock is not part of the catalogue here: each order would wait for a row that all orders write to.
"""

import re
import secrets

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import CatalogueEdition, Category, Price, Product, ProductPicture, Variant
from store.models.base import table

THE_ROW = 1
TABLES = frozenset(each.__tablename__ for each in (Category, Price, Product, ProductPicture, Variant))

_NAMES = "|".join(sorted(TABLES))
_VERB = r"(?:INSERT|REPLACE|UPDATE|DELETE|MERGE)(?:\s+(?:INTO|FROM|ONLY|IGNORE|OR\s+\w+))*"
_WRITES = re.compile(rf"\s*(?:WITH\b.*?\b)?{_VERB}\s+[\"`]?(?:{_NAMES})\b", re.IGNORECASE | re.DOTALL)

_edition = table(CatalogueEdition)
# For the one question that every update begins with (`store/arrivals.py`).
CURRENT = select(_edition.c.number).where(_edition.c.id == THE_ROW)
_DRAW = update(_edition).where(_edition.c.id == THE_ROW).values(number=bindparam("drawn"))


def are_touched_by(statement: str) -> bool:
    """Whether the SQL writes to the catalogue. It is asked about every statement of every transaction."""
    return _WRITES.match(statement) is not None


async def draw(session: AsyncSession) -> None:
    """It is another edition from the commit on. Its row is locked until then: the last thing a transaction does.

    Drawn, not counted: a database laid back to yesterday's backup would count to numbers that have stood for something else today.
    """
    await session.execute(_DRAW, {"drawn": secrets.randbits(62)})
