from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Id, Pk, Status


class GoodsImport(Base):
    """One file of goods on its way into the shop. `status`: received → checked → wanted → applied; or refused, cancelled, failed.

    `report` is what reading it has told, `chat_id` where it came from and where it is told of; none at the command line.
    """

    __tablename__ = "goods_imports"
    __table_args__ = (Index("ix_goods_imports_due", "status", "lease_until"),)

    id: Mapped[Pk]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    status: Mapped[Status]
    file_name: Mapped[str]
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(16), default="en")
    actor: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(128), default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ImportChunk(Base):
    """A piece of the file, for as long as somebody may want it applied: whichever process has the time reads it from here."""

    __tablename__ = "import_chunks"

    import_id: Mapped[int] = mapped_column(Id, ForeignKey("goods_imports.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class ImportProduct(Base):
    """A product that an import has written, until the search knows it: a long file's products are indexed after its transaction, a few at a time."""

    __tablename__ = "import_products"

    import_id: Mapped[int] = mapped_column(Id, ForeignKey("goods_imports.id"), primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(Id, ForeignKey("products.id"), primary_key=True, autoincrement=False)


class ImportPicture(Base):
    """A picture that an import has named by its address. `status`: link (kept as one) → waiting → done or failed, with the `reason`."""

    __tablename__ = "import_pictures"
    __table_args__ = (
        Index("ix_import_pictures_due", "status", "due_at", "id"),
        Index("ix_import_pictures_import", "import_id", "status"),
    )

    id: Mapped[Pk]
    import_id: Mapped[int] = mapped_column(ForeignKey("goods_imports.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    address: Mapped[str] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(default="link")
    reason: Mapped[str] = mapped_column(String(32), default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
