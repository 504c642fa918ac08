"""The case-law database."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
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
    treated_by: Mapped[list["RulingTreatment"]] = relationship(
        primaryjoin="Ruling.slug == foreign(RulingTreatment.treated_slug)",
        order_by="RulingTreatment.treated_on, RulingTreatment.id",
        lazy="selectin",
        viewonly=True,
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


class RulingIdentifier(Base):
    """A normal form by which a ruling is cited: its number, joined cases, roll numbers, ECLI."""

    __tablename__ = "ruling_identifier"

    normal: Mapped[str] = mapped_column(String(120), primary_key=True)
    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)


class RulingTreatment(Base):
    """How one ruling, or a change of law, treats another ruling.

    Either side is a ruling of ours by its address, or words for what we do not hold; one side at least is ours. Rows
    from a content file are replaced with it.
    """

    __tablename__ = "ruling_treatment"
    __table_args__ = (
        CheckConstraint("treating_slug IS NOT NULL OR treated_slug IS NOT NULL", name="one_side_is_ours"),
        CheckConstraint("treating_slug IS NOT NULL OR treating_text IS NOT NULL", name="treating_is_named"),
        CheckConstraint("treated_slug IS NOT NULL OR treated_text IS NOT NULL", name="treated_is_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # code of rules.TREATMENTS
    treating_slug: Mapped[str | None] = mapped_column(String(200), index=True)
    treating_text: Mapped[str | None] = mapped_column(String(300))  # a change of law, a ruling we do not hold
    treated_slug: Mapped[str | None] = mapped_column(String(200), index=True)
    treated_text: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(1_000))
    treated_on: Mapped[date]  # of the ruling or the law that treats
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    content_slug: Mapped[str | None] = mapped_column(String(200), index=True)  # the file that says so; None: the site
