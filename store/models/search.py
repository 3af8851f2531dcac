"""What products are found by. All of it follows from the catalogue: `store.search.index` makes it again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Id, Pk

# By code point on every database: a beginning ("lin") is then a range in the index, and é is never taken for e a second time.
Term = String(32).with_variant(String(32, collation="C"), "postgresql")


class SearchKey(Base):
    """The terms that a product is listed under now: those of its titles and SKUs, a line break, those of its descriptions only."""

    __tablename__ = "search_keys"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True, autoincrement=False)
    terms: Mapped[str] = mapped_column(Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb"))


class SearchTerm(Base):
    """A term that some product has, or had."""

    __tablename__ = "search_terms"

    id: Mapped[Pk]
    term: Mapped[str] = mapped_column(Term, unique=True)


class SearchSpelling(Base):
    """A term, or a term without one of its letters: how a word with a slip in it finds its term."""

    __tablename__ = "search_spellings"

    spelling: Mapped[str] = mapped_column(Term, primary_key=True)
    term_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)


class SearchPosting(Base):
    """The product has the term. No foreign keys: a common term's row would be locked by everybody who edits a product."""

    __tablename__ = "search_postings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    is_title: Mapped[bool]


class Search(Base):
    """What a customer looked for: the buttons below the results carry its id. The latest few of each customer are kept."""

    __tablename__ = "searches"
    __table_args__ = (
        UniqueConstraint("customer_id", "text"),
        Index("ix_searches_latest", "customer_id", "id"),
    )

    id: Mapped[Pk]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    text: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
