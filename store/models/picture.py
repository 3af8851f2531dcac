from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Pk


class ProductPicture(Base):
    """One picture of a product's gallery; `Product.picture` repeats the first one's name, for lists (store.pictures keeps the two together).

    `name` is a file below the picture folder; `source` is the address it was fetched from, so that a second import fetches nothing twice.
    """

    __tablename__ = "product_pictures"
    __table_args__ = (Index("ix_product_pictures_gallery", "product_id", "position", "id"),)

    id: Mapped[Pk]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    source: Mapped[str | None] = mapped_column(String(2048))
    created_at: Mapped[datetime]
