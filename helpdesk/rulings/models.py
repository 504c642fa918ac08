"""The case-law database."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class Ruling(Base):
    """One ruling: the record that editors keep and the public reads. Published when `published_at` is set."""

    __tablename__ = "ruling"
    __table_args__ = (
        UniqueConstraint("court", "number_normal", "decided_on"),
        Index("ix_ruling_decided_on", "decided_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    court: Mapped[str] = mapped_column(String(20))  # code in content/lijsten/hoven.yaml
    division: Mapped[str | None] = mapped_column(String(100))
    historic_court_name: Mapped[str | None] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80))  # as printed
    number_normal: Mapped[str] = mapped_column(String(80))  # as compared: RVV:269083
    role_numbers: Mapped[list[str]] = mapped_column(JSON)
    decided_on: Mapped[date]
    ecli: Mapped[str | None] = mapped_column(String(80), index=True)
    ecli_status: Mapped[str | None] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(2))
    parties: Mapped[str | None] = mapped_column(String(300))
    keywords: Mapped[str] = mapped_column(LongText)  # trefwoordenketen
    outcome: Mapped[str | None] = mapped_column(String(40))  # code in content/lijsten/uitkomsten.yaml
    summary: Mapped[str] = mapped_column(LongText)
    full_text: Mapped[str | None] = mapped_column(LongText)
    source_url: Mapped[str | None] = mapped_column(String(500))
    sources: Mapped[list[str]] = mapped_column(JSON)
    unverified: Mapped[list[str]] = mapped_column(JSON)  # names of fields not confirmed in a source
    quality: Mapped[str | None] = mapped_column(String(20))
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    content_path: Mapped[str | None] = mapped_column(String(300), unique=True)
    content_source: Mapped[str | None] = mapped_column(LongText)  # that file, so that an export is the same to the byte

    themes: Mapped[list["RulingTheme"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="RulingTheme.position"
    )
    articles: Mapped[list["RulingArticle"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="RulingArticle.position"
    )

    @property
    def document_id(self) -> str:
        """The id of this ruling in the search index."""
        return f"rechtspraak/{self.slug}"


class RulingTheme(Base):
    """A node of the taxonomy a ruling belongs to."""

    __tablename__ = "ruling_theme"
    __table_args__ = (Index("ix_ruling_theme_node", "node"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]


class RulingArticle(Base):
    """An article of law a ruling rests on, as the record names it and in normal form."""

    __tablename__ = "ruling_article"
    __table_args__ = (Index("ix_ruling_article_normal", "normal"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    normal: Mapped[str] = mapped_column(String(60))  # VW:40ter, or VW when the record names the law only
    label: Mapped[str] = mapped_column(String(120))  # art. 40ter, § 2 Vw.


class RulingMention(Base):
    """A text that discusses a ruling, noted by the text when it is published; the ruling page links back."""

    __tablename__ = "ruling_mention"

    document_id: Mapped[str] = mapped_column(String(300), primary_key=True)  # of the text: "nieuws/…"
    ruling_slug: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)
    address: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300))
