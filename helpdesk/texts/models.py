"""Everything written by editors that has versions: theme pages, news, lexicon terms, site pages, decision trees."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class TextKind(StrEnum):
    """What a text is; the value is the public value of the facet `soort` and the first part of a document id."""

    THEME = "thema"
    NEWS = "nieuws"
    LEXICON = "lexicon"
    PAGE = "pagina"
    TREE = "wegwijzer"
    PUBLICATION = "publicatie"


class PublishedText(Base):
    """One text with its address. `live_number` is the version the public reads; None when withdrawn."""

    __tablename__ = "text"
    __table_args__ = (UniqueConstraint("kind", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(200))  # node id, news slug, term or page name
    content_path: Mapped[str] = mapped_column(String(300), unique=True)  # its file in content/
    live_number: Mapped[int | None]
    imported_checksum: Mapped[str | None] = mapped_column(String(64))  # of the file at the last import
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who keeps it true
    review_on: Mapped[date | None]  # when it must be read again; None: counted from its dates
    confirmed_on: Mapped[date | None]  # when an editor last found the live version still right
    expires_on: Mapped[date | None]  # the first day it is no longer on the site
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))  # what its address tells; None while live

    themes: Mapped[list["TextTheme"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="TextTheme.position"
    )

    @property
    def document_id(self) -> str:
        """The id of this text in the search index: "thema/gh-belg"."""
        return f"{self.kind}/{self.slug}"


class TextVersion(Base):
    """One published version; what was written never changes afterwards.

    `html`, `plain` and `contents` are derived from it and follow the lists: an address of a theme may change.
    """

    __tablename__ = "text_version"
    __table_args__ = (UniqueConstraint("text_id", "number"),)
    personal_data = frozenset({"reviewed_by"})

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("text.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(String(1_000))
    source: Mapped[str] = mapped_column(LongText)  # the whole file: front matter and Markdown
    html: Mapped[str] = mapped_column(LongText)  # rendered and sanitised when saved
    plain: Mapped[str] = mapped_column(LongText)  # the words of the text, for the index and its snippets
    contents: Mapped[list[list[str]]] = mapped_column(JSON)  # [anchor, heading] of each section
    stand_of_law: Mapped[date | None]
    sources: Mapped[list[str]] = mapped_column(JSON)
    to_check: Mapped[list[str]] = mapped_column(JSON)
    abbreviations: Mapped[list[str]] = mapped_column(JSON)
    synonyms: Mapped[list[str]] = mapped_column(JSON)
    rulings: Mapped[list[str]] = mapped_column(JSON)  # slugs, in the order of the front matter
    news_kind: Mapped[str | None] = mapped_column(String(20))
    dated_on: Mapped[date | None]  # of news
    updated_on: Mapped[date | None]
    update_note: Mapped[str | None] = mapped_column(String(300))
    reviewed_on: Mapped[date | None]
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    review_after_months: Mapped[int]
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    change_note: Mapped[str | None] = mapped_column(String(300))  # what changed and why, for the reader
    is_substantive: Mapped[bool]  # what followers are told; False: only words, or only fields about the checking
    withdrawn_at: Mapped[datetime | None]  # when this version was taken off the site without a next one
    hidden_reason: Mapped[str | None] = mapped_column(String(500))  # why nobody but editors may read this old version


class TextAlias(Base):
    """An address a text had before: it leads to the present one for good."""

    __tablename__ = "text_alias"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("text.id", ondelete="CASCADE"), index=True)
    noted_at: Mapped[datetime]


class TextTheme(Base):
    """A node of the taxonomy a text belongs to; position 0 is its own node."""

    __tablename__ = "text_theme"
    __table_args__ = (Index("ix_text_theme_node", "node"),)

    text_id: Mapped[int] = mapped_column(ForeignKey("text.id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]


class LibraryState(Base):
    """With which lists of content/lijsten/ the texts were rendered and indexed last; one row, with id 1."""

    __tablename__ = "library_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    lists_digest: Mapped[str] = mapped_column(String(64))
    nodes: Mapped[list[str]] = mapped_column(JSON)  # of the taxonomy: one that disappears must leave the index
    noted_at: Mapped[datetime]
